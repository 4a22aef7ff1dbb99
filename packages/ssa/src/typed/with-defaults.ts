import { isRecord, type Unstructured } from '@gotk/apimachinery';
import { encodedSecret } from './encoded-secret.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Where the specification of the Pods is. */
const POD: Readonly<Record<string, readonly string[]>> = {
  'v1/Pod': ['spec'],
  'apps/v1/Deployment': ['spec', 'template', 'spec'],
  'apps/v1/StatefulSet': ['spec', 'template', 'spec'],
  'apps/v1/DaemonSet': ['spec', 'template', 'spec'],
  'apps/v1/ReplicaSet': ['spec', 'template', 'spec'],
  'batch/v1/Job': ['spec', 'template', 'spec'],
  'batch/v1/CronJob': ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

/**
 * An object of one of Kubernetes' types with what Flux sets besides: the protocol of a port, which is a part of its key, and `data` in place of a Secret's
 * `stringData`. Pure.
 */
export function withDefaults(object: Unstructured): Unstructured {
  const id = `${object.apiVersion}/${object.kind}`;
  if (id === 'v1/Secret') return encodedSecret(object);
  if (id === 'v1/Service') return at(object, ['spec'], (spec) => withEach(spec, 'ports', withProtocol)) as Unstructured;
  const path = Object.hasOwn(POD, id) ? POD[id] : undefined;
  if (path === undefined) return object;
  return at(object, path, (spec) =>
    withEach(spec, 'containers', (container) => withEach(container, 'ports', withProtocol)),
  ) as Unstructured;
}

const withProtocol = (port: Fields): Fields => (port.protocol === undefined ? { ...port, protocol: 'TCP' } : port);

function at(value: Fields, [first, ...rest]: readonly string[], change: (inner: Fields) => Fields): Fields {
  if (first === undefined) return change(value);
  const inner = value[first];
  return isRecord(inner) ? { ...value, [first]: at(inner, rest, change) } : value;
}

function withEach(value: Fields, name: string, change: (each: Fields) => Fields): Fields {
  const list = value[name];
  return Array.isArray(list) ? { ...value, [name]: list.map((each) => (isRecord(each) ? change(each) : each)) } : value;
}
