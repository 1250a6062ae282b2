/* What the browser adds; every page works without it. htmx swaps, this file only speaks, counts and moves focus. */
(() => {
  'use strict';
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const on = (name, handler) => document.addEventListener(name, handler);
  const region = one('#page-message');
  const PART_STATUSES = [409, 422]; // usually answered with a part that belongs where the form is
  const OFFLINE = '没有连上服务器，这次操作没有完成。请检查网络后再试，您填写的内容还在页面上。';
  const UNSURE = '页面没有等到完整的结果，不能确定是否已经办成。请刷新看一看，再决定是否重新提交。';
  const REFUSED = '服务器没有办成这一步。请过几分钟再试，您填写的内容还在页面上；急事请拨打页脚的电话。';
  const WORDS = { wrong: '请留意：', soon: '请注意：', done: '好了：' };
  document.documentElement.classList.add('has-script');
  const make = (tag, className, ...content) => {
    const element = Object.assign(document.createElement(tag), { className });
    element.append(...content);
    return element;
  };
  const say = (text, tone) => {
    region.classList.toggle('is-alert', tone === 'wrong');
    region.replaceChildren(make('div', `notice notice-${tone}`, make('p', '', make('b', '', WORDS[tone]), text)));
  };

  // --- htmx: nothing fails in silence -----------------------------------------------------------------------
  on('htmx:before:on:init', (event) => event.preventDefault()); // no hx-on, injected or not
  on('htmx:error', ({ detail: { ctx } }) => {
    if (ctx) say(ctx.response || ctx.request.signal?.reason === 'timeout' ? UNSURE : OFFLINE, 'wrong');
  });
  on('htmx:response:error', ({ detail: { ctx } }) => {
    if (ctx.hx.redirect || ctx.hx.refresh) return;
    const isWholePage = /^\s*<(!doctype|html)/i.test(ctx.text);
    const isFormPart = PART_STATUSES.includes(ctx.response.status) && !ctx.text.includes('id="error-message"');
    if (!ctx.text.trim() || (isWholePage && ctx.target !== document.body)) {
      ctx.hx.reswap = 'none';
      say(REFUSED, 'wrong');
    } else if (!isWholePage && !isFormPart && !ctx.hx.retarget) {
      Object.assign(ctx.hx, { retarget: '#page-message', reswap: 'innerHTML' });
    }
    if (ctx.hx.retarget === '#page-message') region.classList.add('is-alert');
  });
  on('htmx:after:request', ({ detail: { ctx } }) => {
    if (ctx.response.status >= 400) return;
    if (ctx.sourceElement.matches('form, [data-autosave]')) delete ctx.sourceElement.closest('form').dataset.dirty;
    if (region.classList.contains('is-alert')) region.replaceChildren();
  });
  on('htmx:after:swap', () => ready());
  // --- counters, files, unsaved text, copying ---------------------------------------------------------------
  function count(area) {
    const line = document.getElementById(area.dataset.counter);
    const used = Array.from(area.value).length, max = Number(line.dataset.max);
    line.textContent = `已写 ${used}${max ? ` / ${max}` : ''} 字`;
    line.classList.toggle('is-over', max > 0 && used > max);
  }
  const megabytes = (bytes) => `${Math.max(bytes / 1048576, 0.1).toFixed(1)} MB`;
  function listFiles({ files, dataset }) {
    const total = Array.from(files).reduce((sum, file) => sum + file.size, 0);
    const lines = Array.from(files, (file) => [`${file.name}　${megabytes(file.size)}`,
      file.size > dataset.maxMb * 1048576 ? `超过 ${dataset.maxMb} MB，请压缩后再选` : '']);
    if (files.length > dataset.maxCount) lines.push(['', `最多 ${dataset.maxCount} 个文件，请重新选择`]);
    if (total > dataset.totalMb * 1048576) lines.push(['', `合计 ${megabytes(total)}，超过 ${dataset.totalMb} MB，请减少文件`]);
    const item = (name, fault) => make('li', '', name, make('span', 'is-over', fault));
    document.getElementById(dataset.files).replaceChildren(...lines.map((line) => item(...line)));
  }
  const ready = () => all('textarea[data-counter]').forEach(count);
  on('input', ({ target }) => {
    if (target.matches('textarea[data-counter]')) count(target);
    if (target.form?.matches('[data-guard]')) target.form.dataset.dirty = '1';
  });
  on('change', ({ target }) => {
    if (target.matches('input[data-files]')) listFiles(target);
    if (target.matches('[data-pick-all]')) all('.cell-pick input').forEach((box) => { box.checked = target.checked; });
    if (target.matches('[data-keys-off]')) localStorage.setItem('keys-off', target.checked ? '1' : '');
  });
  on('submit', ({ target }) => { if (!target.matches('[hx-post]')) delete target.dataset.dirty; });
  window.addEventListener('beforeunload', (event) => { if (one('form[data-dirty]')) event.preventDefault(); });
  window.addEventListener('beforeprint', () => all('main details').forEach((fold) => { fold.open = true; }));
  on('click', ({ target }) => {
    const source = target.closest('[data-copy]')?.dataset.copy;
    const sayCopied = () => say('已复制，请妥善保存。', 'done'), sayFailed = () => say('没能复制，请选中后手动复制。', 'soon');
    if (source) navigator.clipboard.writeText(one(source).textContent.trim()).then(sayCopied, sayFailed);
  });
  // --- keys of the queue: focus moves from link to link, so Enter is the browser's own ------------------------
  const move = (step) => {
    const links = all('table[data-keys] .row-link');
    const here = links.findIndex((link) => link.closest('tr').contains(document.activeElement));
    links[Math.min(Math.max(here + step, 0), links.length - 1)]?.focus();
  };
  const pick = () => document.activeElement.closest('tr')?.querySelector('.cell-pick input')?.click();
  const KEYS = { j: () => move(1), k: () => move(-1), x: pick, '/': () => one('[data-search]')?.focus(), '?': () => one('#keys-help')?.showModal() };
  on('keydown', (event) => {
    const isBusy = event.target.matches('input:not([type=checkbox]), textarea, select') || event.ctrlKey || event.metaKey || event.altKey;
    if (isBusy || event.isComposing || !KEYS[event.key] || !one('table[data-keys]') || one('dialog[open]')) return;
    if (event.key !== '?' && localStorage.getItem('keys-off')) return;
    event.preventDefault(); // or "/" would be typed into the search box
    KEYS[event.key]();
  });
  all('[data-keys-off]').forEach((box) => { box.checked = Boolean(localStorage.getItem('keys-off')); });
  one('[data-focus]')?.focus();
  ready();
})();
