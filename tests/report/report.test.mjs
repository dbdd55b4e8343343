// The page of `anytempo report` in Chromium: what it shows, its filter, with keys alone, without a script, and on paper.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Browser } from './browser.mjs';

const { ANYTEMPO, ANYTEMPO_FOLDER: folder, AXE } = process.env;
const FIXTURES = new URL('../matrix/tests/cli/report/', import.meta.url).pathname;
const BAD = '<img src=x onerror="document.title=1"> & "quotes"';
const RUNTIMES = ['tokio', 'embassy', 'virtual'];
/** In milliseconds. Nothing that works takes as long, also on a slow machine. */
const LIMIT = 60_000;

let browser, page;
const requests = [];

const anytempo = (...args) => execFileSync(ANYTEMPO, args, { cwd: folder, encoding: 'utf8', timeout: LIMIT });

before(async () => {
  anytempo('matrix', '--only', 'cancel::', '--on', RUNTIMES.join(), '--json', 'matrix.json');
  anytempo('bench', '--on', 'tokio,smol', '--only', 'timers,memory,periods', '--sizes', '1000', '--rounds', '2', '--quick', '--json', 'bench.json');
  writeFileSync(join(folder, 'operators.json'), anytempo('operators', '--on', 'virtual', '--format', 'json'));
  // Another machine, on which something fails.
  const other = JSON.parse(readFileSync(join(folder, 'matrix.json')));
  const failed = other.results.find(({ outcome, runtime }) => outcome === 'ok' && runtime === 'tokio');
  Object.assign(other, { host: '<b>other</b>' });
  Object.assign(failed, { outcome: 'failed', reason: BAD });
  writeFileSync(join(folder, 'other.json'), JSON.stringify(other));
  const fixtures = ['sizes', 'instructions', 'perf'].map((name) => join(FIXTURES, `${name}.json`));
  anytempo('report', 'matrix.json', 'bench.json', 'operators.json', 'other.json', ...fixtures, '--html', 'report.html');

  browser = new Browser();
  page = await open();
});

after(() => browser?.close());

async function open(script = true) {
  const send = await browser.open('about:blank');
  if (!script) await send('Emulation.setScriptExecutionDisabled', { value: true });
  await send('Network.enable');
  browser.on('Network.requestWillBeSent', ({ request }) => requests.push(request.url));
  const loaded = new Promise((resolve) => browser.on('Page.loadEventFired', resolve));
  await send('Page.navigate', { url: pathToFileURL(join(folder, 'report.html')).href });
  await loaded;
  return send;
}

async function evaluate(expression) {
  const { result, exceptionDetails } = await page('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

async function press(key, text) {
  const code = { Tab: 9, Enter: 13 }[key] ?? 0;
  await page('Input.dispatchKeyEvent', { type: 'keyDown', key, text, windowsVirtualKeyCode: code });
  await page('Input.dispatchKeyEvent', { type: 'keyUp', key, windowsVirtualKeyCode: code });
}

async function type(words) {
  for (const letter of words) await press(letter, letter);
}

/** The rows of the first matrix that are seen, without the heads of its groups. */
const rows = () =>
  evaluate(`[...document.querySelectorAll('table.matrix')[0].rows].filter((row) => row.cells[0].scope === 'row' && row.checkVisibility()).map((row) => row.cells[0].textContent)`);
const columns = () =>
  evaluate(`[...document.querySelectorAll('table.matrix')[0].rows[0].cells].slice(1).filter((cell) => cell.checkVisibility()).map((cell) => cell.textContent)`);
const status = () => evaluate(`document.querySelector('form.filter output').textContent`);
const focus = (selector) => evaluate(`document.querySelector('${selector}').focus()`);

async function picture(name, width, features = [], media = '') {
  await page('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false });
  await page('Emulation.setEmulatedMedia', { media, features });
  const { data } = await page('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true });
  writeFileSync(join(folder, `${name}.png`), Buffer.from(data, 'base64'));
}

test('the page asks for nothing but itself', () => {
  deepEqual([...new Set(requests)], [pathToFileURL(join(folder, 'report.html')).href]);
});

test('each file has a section, and what is in it is only text', async () => {
  const titles = await evaluate(`[...document.querySelectorAll('main h2')].map((it) => it.textContent)`);
  equal(titles.length, 7);
  equal(titles[3], 'Matrix of <b>other</b>');
  equal(await evaluate('document.title'), 'anytempo report');
  ok((await evaluate(`document.querySelector('main').innerText`)).includes(BAD));
  match(await evaluate(`document.querySelector('.verdict').textContent`), /^✗ 1 failed in \d+ results\.$/);
  const links = `[...document.querySelectorAll('a[href^="#"]')].filter((a) => !document.getElementById(a.hash.slice(1))).length`;
  equal(await evaluate(links), 0);
});

test('a plot has a mark for each figure', async () => {
  const count = (selector) => evaluate(`document.querySelector('figure.plot').querySelectorAll('${selector}').length`);
  // tokio and smol, each with anytempo and by hand.
  deepEqual([await count('circle'), await count('rect[fill="#B45309"]')], [2, 2]);
  const colors = (scheme) => page('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] })
    .then(() => evaluate(`getComputedStyle(document.querySelector('figure.plot circle')).fill`));
  ok((await colors('light')) !== (await colors('dark')));
});

test('the filter works with keys alone', async () => {
  deepEqual([await rows(), await columns()], [[], RUNTIMES]);
  await focus('form.filter [name="name"]');
  await type('DROPPED');
  const found = await rows();
  ok(found.length > 0 && found.every((name) => name.includes('dropped')), String(found));
  match(await status(), new RegExp(`^${found.length} of \\d+ rows match$`));

  // The results come next, and then the runtimes.
  await press('Tab');
  equal(await evaluate('document.activeElement.name'), 'outcome');
  await type('allowed');
  const allowed = await rows();
  ok(allowed.length > 0 && allowed.length <= found.length);
  await press('Tab');
  await press('Tab');
  await press(' ', ' ');
  deepEqual(await columns(), ['tokio', 'virtual']);
  deepEqual(await rows(), [], 'only embassy has allowances');

  await focus('form.filter [type="reset"]');
  await press('Enter', '\r');
  await evaluate('new Promise((resolve) => setTimeout(resolve, 50))');
  deepEqual([await rows(), await columns()], [[], RUNTIMES]);
  await focus('table.matrix button');
  await press('Enter', '\r');
  ok((await rows()).length > found.length);
});

test('a reason is a link away', async () => {
  await focus('table.matrix td a');
  await press('Enter', '\r');
  await evaluate('new Promise((resolve) => setTimeout(resolve, 50))');
  match(await evaluate('document.activeElement.textContent'), /embassy/);
});

for (const scheme of ['light', 'dark']) {
  test(`axe finds nothing, in ${scheme}`, async () => {
    await page('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    await evaluate(readFileSync(AXE, 'utf8') + ';0');
    const { violations, passes } = await evaluate(`(async () => {
      document.querySelectorAll('details').forEach((it) => { it.open = true; });
      const { violations, passes } = await axe.run();
      const nodes = (rule) => rule.nodes.map((it) => it.html.slice(0, 200) + ': ' + it.failureSummary);
      return { violations: violations.map((it) => [it.id, ...nodes(it)]), passes: passes.length };
    })()`);
    deepEqual(violations, []);
    ok(passes > 20, `${passes} rules`);
  });
}

/** axe leaves open what it cannot see through, such as text in a plot and a single sign. So each pair of colours is compared. */
const PAIRS = {
  page: ['text', 'soft', 'anytempo', 'hand', 'peer', 'kept', 'allowed', 'failed'],
  panel: ['text', 'soft', 'kept', 'allowed', 'failed'],
  'kept-back': ['kept', 'text'], 'allowed-back': ['allowed', 'kept', 'text'], 'failed-back': ['failed', 'allowed', 'kept', 'text'],
};

for (const scheme of ['light', 'dark']) {
  test(`colours are far enough apart, in ${scheme}`, async () => {
    await page('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    for (const [back, fronts] of Object.entries(PAIRS)) {
      for (const front of fronts) {
        const colors = await evaluate(`['${back}', '${front}'].map((it) => getComputedStyle(document.documentElement).getPropertyValue('--' + it))`);
        const [darker, lighter] = colors.map(luminance).sort((a, b) => a - b);
        const contrast = (lighter + 0.05) / (darker + 0.05);
        ok(contrast >= 4.5, `${front} on ${back}: ${contrast.toFixed(2)}`);
      }
    }
  });
}

/** As WCAG defines it. */
function luminance(color) {
  const hex = color.trim().slice(1);
  const digits = hex.length === 3 ? [...hex].map((it) => it + it) : hex.match(/../g);
  const [red, green, blue] = digits.map((it) => parseInt(it, 16) / 255).map((it) => (it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test('axe notices a fault', async () => {
  const found = await evaluate(`(async () => {
    const image = document.querySelector('[role="img"]'), label = image.ariaLabel;
    image.ariaLabel = null;
    const { violations } = await axe.run();
    image.ariaLabel = label;
    return violations.map((it) => it.id);
  })()`);
  deepEqual(found, ['role-img-alt']);
});

test('no page is wider than its window', async () => {
  for (const width of [320, 375, 768, 1280]) {
    await page('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false });
    equal(await evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `at ${width} pixels`);
  }
});

test('pictures for people, and a print', async () => {
  await evaluate(`document.querySelectorAll('details').forEach((it) => { it.open = false; })`);
  for (const scheme of ['light', 'dark']) await picture(scheme, 1280, [{ name: 'prefers-color-scheme', value: scheme }]);
  await picture('narrow', 375);
  await page('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'dark' }] });
  const { data } = await page('Page.printToPDF', { printBackground: true, preferCSSPageSize: true });
  writeFileSync(join(folder, 'report.pdf'), Buffer.from(data, 'base64'));
  await page('Emulation.setEmulatedMedia', { media: 'print', features: [{ name: 'prefers-color-scheme', value: 'dark' }] });
  equal(await evaluate(`getComputedStyle(document.body).backgroundColor`), 'rgb(255, 255, 255)');
  equal(await evaluate(`document.querySelector('form.filter').checkVisibility()`), false);
});

test('without a script everything is there', async () => {
  page = await open(false);
  const { root } = await page('DOM.getDocument', { depth: 0 });
  const { nodeId } = await page('DOM.querySelector', { nodeId: root.nodeId, selector: 'table.matrix' });
  const { outerHTML } = await page('DOM.getOuterHTML', { nodeId });
  ok(outerHTML.includes('dropped_wait_keeps_no_waker') && !outerHTML.includes('hidden'));
});
