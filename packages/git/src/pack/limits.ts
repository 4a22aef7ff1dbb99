/** How much of a pack is taken before it is refused. */
export interface PackLimits {
  readonly maxObjects: number;
  /** Of one object, after its deltas are applied. */
  readonly maxObjectBytes: number;
  /** Of all objects together, and of the deltas that make them. */
  readonly maxTotalBytes: number;
}
