import { render } from 'preact';
import type { PageData } from '../page-data.js';
import { App } from './app.js';

const data = JSON.parse(document.getElementById('data')!.textContent!) as PageData;
const root = document.getElementById('page')!;
root.textContent = '';
render(<App data={data} />, root);
