import { integer, list, map, object, oneOf, optional, string } from '../schema.ts';

const DURATION = '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$';
const SHORT_DURATION = '^([0-9]+(\\.[0-9]+)?(ms|s|m))+$';

/** A Go duration, hours included. */
export const duration = (description: string) => string(description, { pattern: DURATION });

/** A Go duration that hours are not meant for, such as the timeout of one operation. */
export const shortDuration = (description: string, fallback: string) => string(description, { pattern: SHORT_DURATION, default: fallback });

export const localReference = (description: string) => object({ name: string('Name of the object, in the same namespace.') }, description);

export const condition = object(
  {
    type: string('What the condition is about, in CamelCase; unique within the list.', {
      maxLength: 316,
      pattern: '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$',
    }),
    status: oneOf(['True', 'False', 'Unknown'], 'Whether the condition holds.'),
    observedGeneration: optional(integer('The `metadata.generation` that the condition speaks of.', { minimum: 0 })),
    lastTransitionTime: string('When `status` last changed.', { format: 'date-time' }),
    reason: string('Why, as one CamelCase word for programs.', {
      minLength: 1,
      maxLength: 1024,
      pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
    }),
    message: string('Why, for people.', { maxLength: 32_768 }),
  },
  'One observation about the object.',
);

export const conditions = list(condition, 'What is known about the object: Ready sums it up.');

export const artifact = object(
  {
    path: string('Where the file lies below the storage root.'),
    url: string('Where the file can be fetched from, inside the cluster.'),
    revision: string('What the artifact was made from, such as `main@sha1:…`.'),
    digest: string('Algorithm and hexadecimal digest of the file, such as `sha256:…`.', {
      pattern: '^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$',
    }),
    lastUpdateTime: string('When the artifact was stored.', { format: 'date-time' }),
    size: optional(integer('Bytes of the file.')),
    metadata: optional(map('What the source says about its content, such as OCI annotations.')),
  },
  'A file that a source was turned into, for appliers to fetch.',
);

export const lastHandledReconcileAt = string('The last `reconcile.fluxcd.io/requestedAt` that has been acted on.');
export const observedGeneration = integer('The last generation that a finished reconciliation has seen.');

/** Before the first reconciliation the status says that nothing has been observed, so that kstatus reports progress. */
export const STATUS_DEFAULT = { observedGeneration: -1 } as const;
