import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { initCommand } from '../../src/cli/commands/init.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loadwright-init-'));
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

it('writes a project that depends on this version', async () => {
  const target = join(folder, 'My Load!');
  expect(await initCommand([target])).toBe(0);
  const files = ['.gitignore', 'README.md', 'package.json', 'scenario.ts', 'tsconfig.json'];
  expect(readdirSync(target).sort()).toEqual(files);
  const made = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
  const own = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(made).toMatchObject({ name: 'my-load', type: 'module', devDependencies: { loadwright: `^${own.version}` } });
});

it('overwrites nothing, and then writes nothing', async () => {
  const target = join(folder, 'there');
  mkdirSync(target);
  writeFileSync(join(target, 'scenario.ts'), 'mine');
  await expect(initCommand([target])).rejects.toMatchObject({
    code: 'ERR_FILE_EXISTS',
    message: expect.stringContaining('scenario.ts'),
  });
  expect(readFileSync(join(target, 'scenario.ts'), 'utf8')).toBe('mine');
  expect(existsSync(join(target, 'package.json'))).toBe(false);
});

it('takes one folder and no flags', async () => {
  await expect(initCommand([join(folder, 'a'), 'b'])).rejects.toMatchObject({ code: 'ERR_OPTION_INVALID' });
  await expect(initCommand(['--users', '5'])).rejects.toMatchObject({ code: 'ERR_OPTION_UNKNOWN' });
  expect(readdirSync(folder)).toEqual([]);
});
