// Headless Chromium, steered through a pipe. It ends with this process, however that ends.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** No first run, no service of its own, and nothing that is sent anywhere. */
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
  '--disable-background-networking', '--disable-component-update', '--remote-debugging-pipe', '--window-size=900,700',
];

export class Browser {
  #process;
  #profile = mkdtempSync(join(tmpdir(), 'anytempo-'));
  #last = 0;
  #waiting = new Map();
  #events = new Map();
  /** Settled once the browser is gone. */
  gone;

  constructor() {
    const flags = [...FLAGS, `--user-data-dir=${this.#profile}`, 'about:blank'];
    this.#process = spawn('chromium', flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.gone = new Promise((resolve) => {
      this.#process.on('error', resolve);
      this.#process.on('exit', (code, signal) => resolve(new Error(`Chromium ended: ${signal ?? code}`)));
    });
    this.gone.then((error) => this.#waiting.forEach(({ reject }) => reject(error)));
    let text = '';
    this.#process.stdio[4].setEncoding('utf8').on('data', (data) => {
      const messages = (text + data).split('\0');
      text = messages.pop();
      messages.forEach((message) => this.#receive(JSON.parse(message)));
    });
    this.#process.stdio[3].on('error', () => {});
  }

  #receive({ id, method, params, result, error }) {
    if (id === undefined) return this.#events.get(method)?.(params);
    const { resolve, reject } = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) reject(new Error(error.message));
    else resolve(result);
  }

  /** Calls a method of the Chrome DevTools protocol. */
  send(method, params = {}, sessionId) {
    const id = ++this.#last;
    this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  on(method, callback) {
    this.#events.set(method, callback);
  }

  /** Opens a page, and gives what calls a method of the protocol on it. */
  async open(url) {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const send = (method, params) => this.send(method, params, sessionId);
    await send('Page.enable');
    await send('Page.navigate', { url });
    return send;
  }

  async close() {
    // It ends by itself, or is ended. It deletes files of its profile while it does.
    const limit = setTimeout(() => this.#process.kill('SIGKILL'), 5_000);
    this.send('Browser.close').catch(() => {});
    await this.gone;
    clearTimeout(limit);
    // A process of the browser that outlives it would keep this one waiting for its pipes.
    this.#process.stdio.forEach((pipe) => pipe?.destroy());
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}
