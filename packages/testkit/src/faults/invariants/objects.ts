/** What an object says of itself, and whether it is so. */
export interface StatusClaim {
  readonly name: string;
  readonly generation: number | undefined;
  readonly observedGeneration: number | undefined;
  readonly ready: boolean;
  /** What it stands for is there as its present spec asks; why not, otherwise. */
  readonly wrong: string | undefined;
}

/** I4: who says Ready says it of the spec that it has now, and it is so. */
export function truthfulStatus(claims: readonly StatusClaim[]): readonly string[] {
  return claims
    .filter(({ ready }) => ready)
    .flatMap(({ name, generation, observedGeneration, wrong }) => [
      ...(observedGeneration === generation
        ? []
        : [`${name} is Ready of generation ${observedGeneration} and has generation ${generation}`]),
      ...(wrong === undefined ? [] : [`${name} is Ready and ${wrong}`]),
    ]);
}

/** I3: whatever was made on behalf of an object goes with it. */
export function noOrphan(
  made: readonly { readonly name: string; readonly ownerUid: string | undefined }[],
  ownerUids: ReadonlySet<string>,
): readonly string[] {
  return made
    .filter(({ ownerUid }) => ownerUid === undefined || !ownerUids.has(ownerUid))
    .map(({ name, ownerUid }) => `${name} was left behind by ${ownerUid ?? 'nobody'}`);
}
