/* Loaded only where a form asks for a proof of work: two workers of the vendored library count in the background, and
   the form goes out by itself when somebody pressed its button meanwhile. */
(() => {
  'use strict';
  const LONGEST = 60000; // milliseconds; then the page says the way by telephone
  const box = document.querySelector('[data-challenge]');
  const form = box.closest('form'), field = box.querySelector('[name="proof"]');
  const challenge = JSON.parse(box.dataset.challenge);
  let isWorking = true, pressed;
  const show = (name) => box.querySelectorAll('[data-proof]').forEach((line) => { line.hidden = line.dataset.proof !== name; });
  const workers = [];
  function finish(solution) {
    if (!isWorking) return;
    isWorking = false;
    workers.forEach((worker) => worker.terminate());
    show(solution ? 'done' : 'failed');
    if (!solution) return;
    field.value = btoa(JSON.stringify({ challenge, solution }));
    if (pressed) form.requestSubmit(pressed.isConnected ? pressed : undefined);
  }
  form.addEventListener('submit', (event) => {
    if (!isWorking || event.submitter?.value === 'edit') return;
    event.preventDefault();
    pressed = event.submitter || form.querySelector('button');
  });
  show('working');
  if (!window.isSecureContext || !window.Worker) { finish(null); return; }
  const number = Math.min(2, navigator.hardwareConcurrency || 1);
  for (let start = 0; start < number; start += 1) {
    const worker = new Worker(box.dataset.worker);
    worker.addEventListener('message', ({ data }) => finish(data && data.derivedKey ? data : null));
    worker.addEventListener('error', () => finish(null));
    worker.postMessage({ type: 'work', challenge, counterStart: start, counterStep: number, timeout: LONGEST });
    workers.push(worker);
  }
})();
