/* Loaded where a form takes files: tells how far sending them has come. The request is the one the browser would have
   made; its answer takes the page's place. fetch (htmx) knows no progress of a request, so this asks XMLHttpRequest.
   Without files, without script, or when something else has taken the form, the browser sends it as always. */
(() => {
  'use strict';
  const STEP = 25; // per cent between two sentences for those who listen
  const CHECKING = '材料已经传完，正在检查，请稍候。';
  const FAILED = '没有连上服务器，材料没有传完。请检查网络后再提交，您填写的内容和选好的材料都在页面上。';
  const CANCELLED = '已取消，材料没有传完，也没有提交。您填写的内容和选好的材料都在页面上。';
  const megabytes = (bytes) => `${(bytes / 1048576).toFixed(1)} MB`;
  const hasFiles = (form) => Array.from(form.elements).some((one) => one.type === 'file' && one.files.length);

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
    let told = 0;
    const tell = (text) => { line.textContent = text; said.textContent = text; };
    const end = (text) => { box.dataset.upload = ''; box.hidden = true; form.dataset.dirty = '1'; box.nextElementSibling.textContent = text; };
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      const percent = Math.floor((100 * loaded) / total);
      bar.value = percent;
      line.textContent = `已传 ${megabytes(loaded)}，共 ${megabytes(total)}（${percent}%）`;
      if (percent >= told + STEP) { told = percent; said.textContent = line.textContent; }
    });
    request.upload.addEventListener('load', () => { bar.removeAttribute('value'); tell(CHECKING); });
    request.addEventListener('load', () => answered(request));
    request.addEventListener('error', () => end(FAILED));
    request.addEventListener('abort', () => end(CANCELLED));
    box.querySelector('button').addEventListener('click', () => request.abort(), { once: true });
    bar.value = 0;
    box.dataset.upload = 'sending';
    box.nextElementSibling.textContent = '';
    box.hidden = false;
    tell('正在上传材料。');
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
    if (box.dataset.upload !== 'sending') send(form, event.submitter, box);
  });
})();
