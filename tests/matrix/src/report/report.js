// Filters the matrix. Without it, all rows and columns are there.

for (const form of document.querySelectorAll('form.filter')) {
  const table = document.getElementById(form.dataset.for);
  const rows = (body) => [...body.rows].slice(1);
  const groups = [...table.tBodies].map((body) => ({ head: body.rows[0], button: body.rows[0].querySelector('button'), rows: rows(body) }));
  const { name, outcome, open } = form.elements;

  const expand = (group, is) => group.button.setAttribute('aria-expanded', is);
  const isExpanded = (group) => group.button.ariaExpanded === 'true';

  /** Shows what matches. A filter that names something shows its rows too. */
  function apply() {
    const columns = [...form.elements.runtime].map((box) => box.checked);
    const wanted = outcome.value.split(' ').filter(Boolean);
    const words = name.value.trim().toLowerCase();
    for (const row of table.rows) columns.forEach((is, column) => (row.cells[column + 1].hidden = !is));
    let shown = 0;
    for (const group of groups) {
      let there = 0;
      for (const row of group.rows) {
        const full = `${group.button.textContent}::${row.cells[0].textContent}`.toLowerCase();
        const has = ({ classList }, column) => columns[column] && wanted.some((it) => classList.contains(it));
        const matches = full.includes(words) && (!wanted.length || [...row.cells].slice(1).some(has));
        there += matches;
        row.hidden = !matches || !isExpanded(group);
      }
      group.head.hidden = !there;
      shown += there;
    }
    const all = groups.reduce((sum, group) => sum + group.rows.length, 0);
    form.querySelector('output').textContent = `${shown} of ${all} rows match`;
    const isOpen = groups.every((group) => group.head.hidden || isExpanded(group));
    open.textContent = isOpen ? 'Hide rows' : 'Show all rows';
  }

  for (const group of groups) {
    group.button.disabled = false;
    expand(group, false);
    group.button.addEventListener('click', () => {
      expand(group, !isExpanded(group));
      apply();
    });
  }
  open.addEventListener('click', () => {
    const is = open.textContent !== 'Hide rows';
    groups.forEach((group) => expand(group, is));
    apply();
  });
  form.addEventListener('input', ({ target }) => {
    if (target === name || target === outcome) groups.forEach((group) => expand(group, target.form.elements.name.value !== '' || outcome.value !== ''));
    apply();
  });
  form.addEventListener('reset', () => {
    groups.forEach((group) => expand(group, false));
    setTimeout(apply);
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.hidden = false;
  apply();
}

// A reason that is linked to is read from there.
addEventListener('hashchange', () => document.getElementById(location.hash.slice(1))?.focus());
