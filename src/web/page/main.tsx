import { render } from 'preact';
import type { PageData } from '../page-data.js';
import { App } from './app.js';
import { LiveApp } from './live/live-app.js';
import { LiveRun } from './live/live-run.js';

const root = document.getElementById('page')!;
const data = document.getElementById('data');
root.textContent = '';
// A saved page brings its run along; one that a server sent follows what runs there.
if (data === null) {
  const live = new LiveRun();
  document.documentElement.dataset.live = 'true';
  live.start();
  render(<LiveApp live={live} />, root);
} else render(<App data={JSON.parse(data.textContent!) as PageData} />, root);
