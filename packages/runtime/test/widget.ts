import type { KubeObject, Resource } from '@gotk/apimachinery';
import type { CommonStatus } from '../src/status/status.ts';

/** A kind for tests. */
export interface Widget extends KubeObject {
  readonly spec?: { readonly size?: number; readonly suspend?: boolean; readonly source?: string };
  readonly status?: CommonStatus;
}

export const widgets: Resource<Widget> = { group: 'example.dev', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true };

export const webKey = { namespace: 'apps', name: 'web' };

/** The widget apps/web, as somebody would write it. */
export function widget({
  metadata,
  ...rest
}: Partial<Omit<Widget, 'metadata'>> & { readonly metadata?: Partial<Widget['metadata']> } = {}): Widget {
  return {
    apiVersion: 'example.dev/v1',
    kind: 'Widget',
    spec: { size: 1 },
    ...rest,
    metadata: { namespace: 'apps', name: 'web', ...metadata },
  };
}
