/**
 * Which of two resourceVersions of one kind came first: negative, zero or positive as in a sort. Since Kubernetes 1.35 they are promised to be decimal
 * integers without leading zeros that grow with each write of the kind (KEP-5504), and etcd's have always been; they do not fit into a number.
 * Undefined for what is no such integer, as an aggregated API server may still send: nothing can be said of that.
 */
export function compareVersions(a: string, b: string): number | undefined {
  if (!VERSION.test(a) || !VERSION.test(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** True when `a` is known to be no newer than `b`. */
export const isPast = (a: string, b: string): boolean => (compareVersions(a, b) ?? 1) <= 0;

const VERSION = /^(0|[1-9]\d{0,39})$/;
