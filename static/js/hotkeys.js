/* Keys of a page that has marked its ways: data-hotkey="n" on a link, a button, a field or a fold. Ctrl+Enter presses
   the main button, and only together with Ctrl: Enter struck twice must not dispatch the next appeal unread. */
(() => {
  'use strict';
  const find = (key) => document.querySelector(`[data-hotkey="${CSS.escape(key)}"]`);
  const isTyping = ({ target }) => target.matches('input:not([type=checkbox], [type=radio]), textarea, select');
  function go(target) {
    if (target.matches('input')) target.focus();
    else if (target.matches('details')) {
      target.open = true;
      target.querySelector('input:not([type=hidden]), textarea')?.focus();
    } else target.click();
  }
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.repeat || document.querySelector('dialog[open]')) return;
    const isMain = event.key === 'Enter' && (event.ctrlKey || event.metaKey);
    if (!isMain && (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem('keys-off'))) return;
    const own = isMain && event.target.form?.matches('main form[method=post]') && event.target.form.querySelector('[type=submit]');
    const target = own || find(isMain ? 'Ctrl+Enter' : event.key);
    if (!target) return;
    event.preventDefault();
    go(target);
  });
})();
