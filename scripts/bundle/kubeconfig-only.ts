import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

const LIBRARY = '@kubernetes/client-node';
const inLibrary = /[\\/]@kubernetes[\\/]client-node[\\/]dist$/;

/**
 * Keeps of `@kubernetes/client-node` what reads a kubeconfig and logs in, which is all that we use of it.
 *
 * The rest is a class for every kind and every call of the Kubernetes API: 5 MB of text, which cost each process 25 MB of memory although none of it runs.
 * Relies on two files of the pinned version, `config.js` and what it takes from `gen/index.js`; if they change, the build fails with the name that is missing.
 */
export const kubeconfigOnly: Plugin = {
  name: 'kubeconfig-only',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^${LIBRARY}$`) }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === LIBRARY) return undefined;
      const entry = await build.resolve(path, { kind, resolveDir, pluginData: LIBRARY });
      return { path: entry.path, namespace: 'kubeconfig-only', errors: entry.errors };
    });
    build.onLoad({ filter: /.*/, namespace: 'kubeconfig-only' }, ({ path }) => ({
      contents: `export { KubeConfig } from './config.js';`,
      resolveDir: dirname(path),
    }));

    build.onResolve({ filter: /^\.\/gen\/index\.js$/ }, ({ path, resolveDir }) =>
      inLibrary.test(resolveDir) ? { path, namespace: 'client-settings-only', pluginData: resolveDir } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'client-settings-only' }, ({ pluginData }) => ({
      contents: `export { createConfiguration } from './gen/configuration.js'; export { ServerConfiguration } from './gen/servers.js';`,
      resolveDir: pluginData as string,
    }));
  },
};
