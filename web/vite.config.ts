import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const folder = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

// The viewer's page has an opaque origin: a module, or anything fetched with CORS, would not load.
// So every page gets a classic script, and style sheets without the crossorigin attribute.
function classicScripts(): Plugin {
  return {
    name: 'classic-scripts',
    enforce: 'post',
    transformIndexHtml: (html) =>
      html.replace(/<script type="module" crossorigin/g, '<script defer').replace(/ crossorigin/g, ''),
  };
}

// `vite build --mode screen` and `--mode console`: one page each, served under its own path.
export default defineConfig(({ mode }) => {
  const page = mode === 'console' ? 'console' : 'viewer';
  return {
    root: mode === 'test' ? folder('.') : folder(page),
    base: mode === 'console' ? '/console/' : '/screen/',
    plugins: [classicScripts()],
    build: {
      outDir: folder(`dist/${mode}`),
      emptyOutDir: true,
      target: ['chrome111', 'firefox115'],
      assetsInlineLimit: 0,
      modulePreload: false,
      cssCodeSplit: false,
      rollupOptions: { output: { format: 'iife', entryFileNames: 'assets/[name]-[hash].js' } },
    },
    test: { include: ['**/*.test.ts'], testTimeout: 60000 },
  };
});
