/* Finds a unit by name or pinyin: a combobox (ARIA 1.2) laid over an input with its datalist or over a select.
   Without script those two serve by themselves. Options carry data-keys: the syllables of their names, "|" between. */
(() => {
  'use strict';
  const FIELDS = 'input[data-units], select[data-units]';
  const plain = (text) => text.normalize('NFKC').toLowerCase().replaceAll('ü', 'v').replace(/[^\p{L}\p{N}]/gu, '');
  const make = (tag, marks) => {
    const element = document.createElement(tag);
    Object.entries(marks).forEach(([name, value]) => element.setAttribute(name, value));
    return element;
  };

  // --- what fits what was typed: the same rule as models/accounts/pinyin.py, and the best first ---------------
  function begins(wanted, said, at) {
    if (!wanted || at === said.length) return !wanted;
    let size = 0;
    while (size < said[at].length && size < wanted.length && wanted[size] === said[at][size]) size += 1;
    for (; size > 0; size -= 1) if (begins(wanted.slice(size), said, at + 1)) return true;
    return false;
  }
  const LAST = 7;
  const within = (wanted, said) => said.some((_, at) => begins(wanted, said, at));
  function rank({ name, note, keys }, wanted) {
    const [short, ...long] = keys;
    return [
      plain(name) === wanted, plain(name).startsWith(wanted), short.map((one) => one[0]).join('') === wanted,
      begins(wanted, short, 0), plain(name).includes(wanted), plain(note).includes(wanted), within(wanted, short),
      long.some((said) => within(wanted, said)),
    ].indexOf(true);
  }
  function fitting(options, text) {
    const wanted = plain(text);
    if (!wanted) return options;
    const placed = options.map((one) => [rank(one, wanted), one]).filter(([place]) => place >= 0).sort(([a], [b]) => a - b);
    const isByFullName = placed[0]?.[0] === LAST; // every full name has 市 in it: only when nothing better fits
    return placed.filter(([place]) => isByFullName || place < LAST).map(([, one]) => one);
  }
  const read = (option, isSelect) => ({
    value: option.value,
    name: isSelect ? option.textContent.trim() : option.value,
    note: isSelect ? option.title : option.textContent.trim(),
    keys: (option.dataset.keys || '').split('|').map((said) => said.split(' ').filter(Boolean)),
  });

  // --- one field -------------------------------------------------------------------------------------------
  function enhance(field) {
    const isSelect = field.matches('select');
    const options = Array.from(isSelect ? field.options : field.list.options, (option) => read(option, isSelect));
    const input = isSelect ? make('input', { type: 'text', class: field.className }) : field;
    const hadFocus = document.activeElement === field;
    const box = make('div', { class: 'picker' });
    field.before(box);
    if (isSelect) {
      ['id', 'aria-describedby', 'aria-invalid', 'aria-label'].filter((name) => field.hasAttribute(name)).forEach((name) => {
        input.setAttribute(name, field.getAttribute(name));
        field.removeAttribute(name);
      });
      field.hidden = true;
      box.append(input, field);
    } else {
      field.removeAttribute('list');
      box.append(field);
    }
    field.dataset.ready = '1';
    const list = make('ul', { role: 'listbox', id: `${input.id}-choices`, class: 'picker-list', 'aria-label': '可选单位', hidden: '' });
    const none = make('p', { class: 'picker-none', hidden: '' });
    const status = make('p', { role: 'status', class: 'visually-hidden' });
    none.textContent = '没有符合的单位，请换个字或者换个拼音';
    box.append(list, none, status);
    const marks = { role: 'combobox', 'aria-expanded': 'false', 'aria-controls': list.id, 'aria-autocomplete': 'list',
      autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' };
    Object.entries(marks).forEach(([name, value]) => input.setAttribute(name, value));
    const chosenName = () => (isSelect ? options[field.selectedIndex]?.name ?? '' : input.value);
    if (isSelect) input.value = chosenName();
    if (hadFocus) input.focus();

    let shown = [], active = -1, isOwn = false, isTyped = false;
    const isOpen = () => !list.hidden;
    function mark(index) {
      active = index;
      Array.from(list.children).forEach((item, at) => item.setAttribute('aria-selected', String(at === index)));
      const item = list.children[index];
      if (item) input.setAttribute('aria-activedescendant', item.id);
      else input.removeAttribute('aria-activedescendant');
      item?.scrollIntoView({ block: 'nearest' });
    }
    function close() {
      list.hidden = true;
      none.hidden = true;
      status.textContent = '';
      input.setAttribute('aria-expanded', 'false');
      mark(-1);
    }
    function open(found) {
      shown = found;
      list.replaceChildren(...found.map((one, at) => {
        const item = make('li', { role: 'option', id: `${list.id}-${at}`, 'aria-selected': 'false' });
        item.append(one.name);
        if (one.note && one.note !== one.name) item.append(Object.assign(make('small', {}), { textContent: one.note }));
        return item;
      }));
      list.hidden = !found.length;
      none.hidden = Boolean(found.length);
      input.setAttribute('aria-expanded', String(isOpen()));
      status.textContent = found.length ? `${found.length} 个单位，按上下键选择，回车确定` : none.textContent;
    }
    function choose(one) {
      isOwn = true;
      isTyped = false;
      input.value = one.name;
      if (isSelect) field.value = one.value;
      ['input', 'change'].forEach((name) => field.dispatchEvent(new Event(name, { bubbles: true })));
      isOwn = false;
      close();
    }
    function showAll() {
      open(options);
      mark(options.findIndex((one) => one.name === chosenName()));
    }
    input.addEventListener('input', () => {
      if (isOwn) return;
      isTyped = true;
      const exact = options.find((one) => plain(one.name) === plain(input.value));
      if (exact) { // typed or pasted whole: nothing is left to choose
        if (isSelect) field.value = exact.value;
        close();
        return;
      }
      open(fitting(options, input.value));
      mark(plain(input.value) && shown.length ? 0 : -1);
    });
    const KEYS = {
      ArrowDown: () => (isOpen() ? mark((active + 1) % shown.length) : showAll()),
      ArrowUp: () => (isOpen() ? mark((active <= 0 ? shown.length : active) - 1) : showAll()),
      Enter: () => choose(shown[active]),
      Escape: close,
    };
    const isOurs = { Enter: () => isOpen() && active >= 0, Escape: () => isOpen() || !none.hidden };
    input.addEventListener('keydown', (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'Tab' && isOpen() && isTyped && active >= 0) choose(shown[active]);
      if (!KEYS[event.key] || !(isOurs[event.key]?.() ?? true)) return;
      event.preventDefault();
      event.stopPropagation();
      KEYS[event.key]();
    });
    input.addEventListener('focus', () => input.select());
    input.addEventListener('click', () => { if (!isOpen()) showAll(); });
    input.addEventListener('blur', () => {
      if (isSelect) input.value = chosenName(); // half a word is no choice
      isTyped = false;
      close();
    });
    list.addEventListener('pointerdown', (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener('click', ({ target }) => {
      const at = Array.from(list.children).indexOf(target.closest('li'));
      if (at >= 0) choose(shown[at]);
    });
  }
  const ready = () => Array.from(document.querySelectorAll(FIELDS)).filter((field) => !field.dataset.ready).forEach(enhance);
  document.addEventListener('htmx:after:swap', ready);
  ready();
})();
