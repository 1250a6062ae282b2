/* What the browser adds; every page works without it. htmx attributes do the swapping, this file only speaks, counts and moves focus. */
'use strict';
(() => {
  const one = (selector) => document.querySelector(selector);
  const region = () => one('#page-message');
  const FAILED = '没有连上服务器，这次操作没有完成。请检查网络后再试，您填写的内容还在页面上。';
  const SLOW = '服务器很久没有回应，不能确定是否已经办成。请刷新页面看一看，再决定是否重新提交。';
  const REFUSED = '服务器没有办成这一步。请过几分钟再试；您填写的内容还在页面上。电话 0737-2700000。';
  const PART_STATUSES = [409, 422]; // answered with a part of the page that belongs where the form is

  document.documentElement.classList.add('has-script');

  function say(text, tone) {
    const notice = document.createElement('div');
    const line = document.createElement('p');
    notice.className = `notice notice-${tone}`;
    notice.append(line);
    region().classList.toggle('is-alert', tone === 'wrong');
    region().replaceChildren(notice);
    line.textContent = text; // after insertion, so that screen readers announce it
  }

  // --- htmx: nothing ever fails in silence -------------------------------------------------------------------
  document.addEventListener('htmx:before:on:init', (event) => event.preventDefault()); // no hx-on, also not injected
  document.addEventListener('htmx:error', ({ detail }) => {
    if (detail.ctx?.response) return; // answered; the fault is ours and in the console
    say(detail.ctx?.request?.signal?.reason === 'timeout' ? SLOW : FAILED, 'wrong');
  });
  document.addEventListener('htmx:response:error', ({ detail: { ctx } }) => {
    if (ctx.hx.redirect || ctx.hx.retarget || ctx.hx.refresh) return;
    const isWholePage = /^\s*<(!doctype|html)/i.test(ctx.text);
    if (!ctx.text.trim() || (isWholePage && ctx.target !== document.body)) {
      ctx.hx.reswap = 'none';
      say(REFUSED, 'wrong');
    } else if (!isWholePage && !PART_STATUSES.includes(ctx.response.status)) {
      Object.assign(ctx.hx, { retarget: '#page-message', reswap: 'innerHTML' });
      region().classList.add('is-alert');
    }
  });
  document.addEventListener('htmx:after:request', ({ detail: { ctx } }) => {
    const form = ctx.sourceElement?.closest?.('form');
    if (form && ctx.response.status < 400) delete form.dataset.dirty;
    if (ctx.response.status < 400 && region().matches('.is-alert')) { region().replaceChildren(); region().classList.remove('is-alert'); }
  });
  document.addEventListener('htmx:after:swap', () => { ready(); });

  // --- counters, files, guard --------------------------------------------------------------------------------
  function count(area) {
    const line = document.getElementById(area.dataset.counter);
    const used = Array.from(area.value).length, max = Number(line.dataset.max);
    line.textContent = max ? `已写 ${used} / ${max} 字` : `已写 ${used} 字`;
    line.classList.toggle('is-over', max > 0 && used > max);
  }
  function listFiles(input) {
    const { files, maxCount, maxMb, totalMb } = input.dataset;
    const size = (bytes) => (bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);
    const total = Array.from(input.files).reduce((sum, file) => sum + file.size, 0);
    const lines = Array.from(input.files, (file) => [`${file.name}　${size(file.size)}`, file.size > maxMb * 1048576 ? `超过 ${maxMb} MB，请压缩后再选` : '']);
    if (input.files.length > maxCount) lines.push(['', `最多 ${maxCount} 个文件，请重新选择`]);
    if (total > totalMb * 1048576) lines.push(['', `合计 ${size(total)}，超过 ${totalMb} MB，请减少文件`]);
    document.getElementById(files).replaceChildren(...lines.map(([text, fault]) => {
      const item = document.createElement('li'), note = document.createElement('span');
      note.className = 'is-over'; note.textContent = fault; item.append(text, note);
      return item;
    }));
  }
  function ready() { document.querySelectorAll('textarea[data-counter]').forEach(count); }
  document.addEventListener('input', ({ target }) => {
    if (target.matches('textarea[data-counter]')) count(target);
    if (target.form?.matches('[data-guard]')) target.form.dataset.dirty = '1';
  });
  document.addEventListener('change', ({ target }) => {
    if (target.matches('input[data-files]')) listFiles(target);
    if (target.matches('[data-keys-off]')) localStorage.setItem('keys-off', target.checked ? '1' : '');
  });
  document.addEventListener('submit', ({ target }) => { if (!target.closest('[hx-post]')) delete target.dataset.dirty; });
  window.addEventListener('beforeunload', (event) => { if (one('form[data-dirty]')) event.preventDefault(); });
  window.addEventListener('beforeprint', () => document.querySelectorAll('main details').forEach((fold) => { fold.open = true; }));
  document.addEventListener('click', async ({ target }) => {
    const button = target.closest('[data-copy]');
    if (!button) return;
    await navigator.clipboard.writeText(one(button.dataset.copy).textContent.trim()).then(() => say('已复制，请妥善保存。', 'done'), () => say('请长按选中后复制。', 'info'));
  });

  // --- keys of the queue: focus moves from link to link, so Enter is the browser's own -------------------------
  const move = (step) => {
    const links = Array.from(document.querySelectorAll('table[data-keys] .row-link'));
    const here = links.findIndex((link) => link.closest('tr').contains(document.activeElement));
    links[Math.min(Math.max(here + step, 0), links.length - 1)]?.focus();
  };
  const KEYS = { j: () => move(1), k: () => move(-1), '/': () => one('[data-search]')?.focus(), '?': () => one('#keys-help')?.showModal(),
    x: () => document.activeElement.closest('tr')?.querySelector('.cell-pick input')?.click() };
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target.matches('input:not([type=checkbox]), textarea, select') || event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
    if (isTyping || !KEYS[event.key] || !one('table[data-keys]') || one('dialog[open]')) return;
    if (event.key !== '?' && localStorage.getItem('keys-off')) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  ready();
  if (one('[data-keys-off]')) one('[data-keys-off]').checked = Boolean(localStorage.getItem('keys-off'));
  one('[data-focus]')?.focus();
})();
