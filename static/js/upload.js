/* Loaded where a form takes files: tells how far sending them has come. The request is the one the browser would have
   made; its answer takes the page's place. fetch (htmx) knows no progress of a request, so this asks XMLHttpRequest.
   Files over the limit, which app.js has listed, are not sent at all. How it ended is said by a template of the page.
   Without files, without script, or when something else has taken the form, the browser sends it as always. */
(() => {
  'use strict';
  const STEP = 25; // per cent between two sentences for those who listen
  const CHECKING = '材料已经传完，正在检查，请稍候。';
  const megabytes = (bytes) => `${(bytes / 1048576).toFixed(1)} MB`;
  const hasFiles = (form) => Array.from(form.elements).some((one) => one.type === 'file' && one.files.length);
  const overLimit = (form) => form.querySelector('.picked .is-over:not(:empty)')?.closest('.field').querySelector('[type=file]');
  const submits = (form) => Array.from(form.elements).filter((one) => one.type === 'submit' && !one.disabled);

  function say(form, what) {
    const place = form.querySelector('.upload-end');
    place.replaceChildren(form.querySelector(`[data-upload-says=${what}]`).content.cloneNode(true));
    form.dataset.dirty = '1';
    return place;
  }

  function answered(request) {
    const next = request.getResponseHeader('HX-Redirect');
    if (next) { window.location.assign(next); return; }
    document.open();
    document.write(request.responseText);
    document.close();
  }

  function send(form, submitter, box) {
    const [bar, line, said] = ['progress', '[data-upload-line]', '[data-upload-said]'].map((one) => box.querySelector(one));
    const request = new XMLHttpRequest();
    const fields = new FormData(form);
    if (submitter?.name) fields.append(submitter.name, submitter.value);
    const held = submits(form); // they would do nothing now, so they do not look alive
    const hold = (isHeld) => held.forEach((one) => { one.disabled = isHeld; });
    let told = 0;
    const tell = (text) => { line.textContent = text; said.textContent = text; };
    const rest = () => { box.dataset.upload = ''; box.hidden = true; hold(false); };
    const end = (what) => { rest(); say(form, what).focus(); };
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      const percent = Math.floor((100 * loaded) / total);
      bar.value = percent;
      line.textContent = `已传 ${megabytes(loaded)}，共 ${megabytes(total)}（${percent}%）`;
      if (percent >= told + STEP) { told = percent; said.textContent = line.textContent; }
    });
    request.upload.addEventListener('load', () => { bar.removeAttribute('value'); tell(CHECKING); });
    request.addEventListener('load', () => answered(request));
    request.addEventListener('error', () => end('failed'));
    request.addEventListener('abort', () => end('cancelled'));
    box.querySelector('button').addEventListener('click', () => request.abort(), { once: true });
    window.addEventListener('pagehide', rest, { once: true }); // who comes back to this page can send again
    bar.value = 0;
    box.dataset.upload = 'sending';
    form.querySelector('.upload-end').replaceChildren();
    box.hidden = false;
    tell('正在上传材料。');
    hold(true);
    box.focus(); // the button pressed has just been held
    box.scrollIntoView({ block: 'nearest' });
    request.open('POST', form.action);
    request.setRequestHeader('HX-Request', 'true'); // a redirect comes as a header: its page is asked for once
    request.setRequestHeader('HX-Request-Type', 'full');
    request.send(fields);
  }

  document.addEventListener('submit', (event) => {
    const form = event.target, box = form.querySelector('[data-upload]');
    if (!box || event.defaultPrevented || event.submitter?.hasAttribute('hx-post') || !hasFiles(form)) return;
    event.preventDefault();
    const over = overLimit(form);
    if (over) { say(form, 'over'); over.focus(); return; }
    if (box.dataset.upload !== 'sending') send(form, event.submitter, box);
  });
  document.addEventListener('change', ({ target }) => {
    if (target.matches('[type=file]')) target.form?.querySelector('.upload-end')?.replaceChildren(); // it spoke of another choice
  });
})();
