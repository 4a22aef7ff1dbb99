interface Rounding {
  readonly places: number;
  /** From which fraction on it is rounded up. */
  readonly roundOn: number;
}

/** Up or down to so many places, as Sprig does: what is negative goes down, whatever its fraction. */
export function roundedTo(value: number, { places, roundOn }: Rounding): number {
  const power = powerOfTen(places);
  const scaled = power * value;
  const fraction = scaled - Math.trunc(scaled);
  return (fraction >= roundOn ? Math.ceil(scaled) : Math.floor(scaled)) / power;
}

/** 10 to the power of an integer with the roundings that Go's `math.Pow` makes on the way: it squares and multiplies, with the exponent of 2 apart. */
export function powerOfTen(exponent: number): number {
  let [result, resultShift] = [1, 0];
  let [square, shift] = [10 / 16, 4];
  for (let rest = Math.abs(exponent); rest !== 0; rest = Math.floor(rest / 2)) {
    // Beyond the range of floats, and nothing that is multiplied with it gets back.
    if (Math.abs(shift) > 2 ** 12) {
      resultShift += shift;
      break;
    }
    if (rest % 2 === 1) {
      result *= square;
      resultShift += shift;
    }
    square *= square;
    shift *= 2;
    if (square < 0.5) {
      square += square;
      shift -= 1;
    }
  }
  if (exponent < 0) [result, resultShift] = [1 / result, -resultShift];
  return shifted(result, resultShift);
}

/** A number of about 1 times a power of 2, rounded once. */
function shifted(value: number, shift: number): number {
  if (shift > 1100) return Number.POSITIVE_INFINITY;
  if (shift < -1200) return 0;
  const half = Math.trunc(shift / 2);
  return shift < -1000 ? value * 2 ** -1000 * 2 ** (shift + 1000) : value * 2 ** half * 2 ** (shift - half);
}
