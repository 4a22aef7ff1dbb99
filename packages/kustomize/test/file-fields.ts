/** Every field of a kustomization that names files or directories, with a path in it; `a.yaml` is an object beside it. */
export const FILE_FIELDS: readonly (readonly [string, (path: string) => string])[] = [
  ['resources', (path) => `resources: [${path}]\n`],
  ['bases', (path) => `bases: [${path}]\n`],
  ['components', (path) => `resources: [a.yaml]\ncomponents: [${path}]\n`],
  ['configMapGenerator', (path) => `resources: [a.yaml]\nconfigMapGenerator: [{name: x, files: [${path}], envs: [${path}]}]\n`],
  ['secretGenerator', (path) => `resources: [a.yaml]\nsecretGenerator: [{name: x, files: [${path}], envs: [${path}]}]\n`],
  ['patches', (path) => `resources: [a.yaml]\npatches: [{path: ${path}}]\n`],
  ['patchesStrategicMerge', (path) => `resources: [a.yaml]\npatchesStrategicMerge: [${path}]\n`],
  ['patchesJson6902', (path) => `resources: [a.yaml]\npatchesJson6902: [{path: ${path}, target: {version: v1, kind: X, name: a}}]\n`],
  ['replacements', (path) => `resources: [a.yaml]\nreplacements: [{path: ${path}}]\n`],
  ['configurations', (path) => `resources: [a.yaml]\nconfigurations: [${path}]\n`],
  ['crds', (path) => `resources: [a.yaml]\ncrds: [${path}]\n`],
  ['openapi', (path) => `resources: [a.yaml]\nopenapi: {path: ${path}}\n`],
  ['transformers', (path) => `resources: [a.yaml]\ntransformers: [${path}]\n`],
  ['validators', (path) => `resources: [a.yaml]\nvalidators: [${path}]\n`],
  ['generators', (path) => `resources: [a.yaml]\ngenerators: [${path}]\n`],
  ['helmGlobals', (path) => `resources: [a.yaml]\nhelmGlobals: {chartHome: ${path}, configHome: ${path}}\nhelmCharts: [{name: a}]\n`],
];
