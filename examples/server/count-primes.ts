// What takes time: any core may do it.
import { parallel } from "goro";

export const countPrimes = parallel(import.meta.url, function* countPrimes(below: number) {
  let count = 0;
  for (let n = 2; n < below; n++) {
    let isPrime = true;
    for (let d = 2; isPrime && d * d <= n; d++) isPrime = n % d !== 0;
    if (isPrime) count++;
  }
  return count;
});
