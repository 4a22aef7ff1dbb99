import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { systemClock } from '@gotk/apimachinery';
import { checkInstallable, HelmError, mergeUserValues, type Values } from '@gotk/helm';
import { DEFAULT_CAPABILITIES, type KubeVersion, parseKubeVersion, type ReleaseIdentity, releaseNameOf } from '@gotk/helm/render';
import { renderInWorker } from '@gotk/helm/worker';
import { type Command, Failure, type Terminal } from '../command.ts';
import { chartOnDisk } from './chart-on-disk.ts';
import { manifestText } from './manifest-text.ts';
import { parseTemplateArgs, type TemplateRequest } from './template-args.ts';

const HELP = `Renders a chart and prints its objects, as helm template 4.2 does.

Usage:
  gotk helm template [NAME] CHART [options]

CHART is a directory or a packaged chart (.tgz) on disk. Without NAME, the release is called 'release-name'.

Options:
  -n, --namespace NAME        of the release ('default')
  -f, --values FILE           values, over those of the chart; the last file wins. Several times, or several with commas
      --set KEY=VALUE         one value or more
      --set-string KEY=TEXT   the same, as text
      --set-json KEY=JSON     the same, as JSON
      --set-file KEY=FILE     what is in a file
      --set-literal KEY=TEXT  one text, whatever is in it
      --kube-version VERSION  of the cluster that templates are told of
  -a, --api-versions API      what the cluster also has: apps/v1/Deployment
      --include-crds          print what is in crds/, too
  -s, --show-only TEMPLATE    print what this template makes: templates/deployment.yaml, or a pattern
      --skip-tests            without tests
      --no-hooks              without hooks
      --is-upgrade            as an upgrade, not an installation
      --skip-schema-validation
      --name-template TEXT    the name of the release as a template
  -g, --generate-name         name the release after the chart and the time
  -h, --help                  print this

Links in the chart's directory that lead out of it are not followed. The cluster, the network and programs are not asked.

Exit code: 0 when it was rendered, 1 when not, 2 when the arguments make no sense.`;

/** A chart that takes longer on somebody's own machine does not end. */
const LIMITS = { deadlineMs: 10 * 60_000, maxHeapMiB: 2_048 };

export const templateCommand: Command = {
  name: 'helm template',
  synopsis: '[NAME] CHART',
  summary: 'print what a chart makes, as helm template does',
  help: HELP,
  async run(args, terminal) {
    const request = parseTemplateArgs(args);
    try {
      return await template(request, terminal);
    } catch (error) {
      if (error instanceof HelmError) throw new Failure(error.message, { cause: error });
      throw error;
    }
  },
};

async function template(request: TemplateRequest, terminal: Terminal): Promise<number> {
  const { kubeVersion, apiVersions, skipSchemaValidation } = request;
  const capabilities = {
    ...DEFAULT_CAPABILITIES,
    ...(kubeVersion === undefined ? {} : { kubeVersion: kubeVersionOf(kubeVersion) }),
    apiVersions: [...DEFAULT_CAPABILITIES.apiVersions, ...apiVersions],
  };
  const values = givenValues(request, terminal);
  const chart = chartOnDisk(resolve(terminal.cwd, request.chart.trim()));
  checkInstallable(chart);
  if (chart.metadata.deprecated) terminal.complain('warning: this chart is deprecated\n');
  const options = { release: identityOf(request), capabilities, skipSchemas: skipSchemaValidation };
  const reply = await renderInWorker({ chart, values, options }, LIMITS);
  if (!reply.ok) throw new Failure(reply.message);
  for (const { message } of reply.release.warnings) terminal.complain(`warning: ${message}\n`);
  terminal.print(manifestText(reply.release, request));
  return 0;
}

function kubeVersionOf(text: string): KubeVersion {
  try {
    return parseKubeVersion(text);
  } catch (error) {
    if (!(error instanceof HelmError)) throw error;
    throw new Failure(`invalid kube version '${text}': ${error.message}`, { cause: error });
  }
}

function identityOf({ name, nameTemplate, generateName, chart, namespace, isUpgrade }: TemplateRequest): ReleaseIdentity {
  const generated = nameTemplate !== undefined ? releaseNameOf(nameTemplate) : generateName ? nameAfter(chart) : 'release-name';
  return { name: name ?? generated, namespace, revision: 1, isUpgrade };
}

const nameAfter = (chart: string): string => `${basename(chart).split('.')[0] || 'chart'}-${Math.floor(systemClock.now() / 1000)}`;

function givenValues(request: TemplateRequest, { cwd }: Terminal): Values {
  const read = (path: string): Buffer => {
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) throw new Failure(`${path}: values are read from disk: fetch it before`);
    try {
      return readFileSync(path === '-' ? 0 : resolve(cwd, path));
    } catch (error) {
      throw new Failure(`${path}: cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  };
  const files = request.valuesFiles.map((name) => ({ name, bytes: read(name) }));
  return mergeUserValues({ ...request, files }, (path) => read(path).toString());
}
