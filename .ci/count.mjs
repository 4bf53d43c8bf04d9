// Plain JavaScript, so that it also speaks when the installation failed and an old Node is all there is.
import { existsSync, readFileSync } from 'node:fs';

const [stepsFailed = '0', ...reports] = process.argv.slice(2);
// Where there is no report, its step failed and is counted as such.
const read = reports.filter((file) => existsSync(file)).map((file) => JSON.parse(readFileSync(file, 'utf8')));
const passed = read.reduce((total, report) => total + report.numPassedTests, 0);
const failures = read.flatMap((report) => report.testResults.flatMap(failuresIn));
const failed = failures.length + Number(stepsFailed);

// Said again at the end: above it stands among thousands of lines.
for (const { name, why } of failures) console.log(`--- failed: ${name}\n${why.slice(0, 4_000)}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

// A file that could not even be loaded holds no test, yet it failed.
function failuresIn({ name, status, message, assertionResults }) {
  if (status === 'failed' && assertionResults.length === 0) return [{ name, why: message ?? '' }];
  return assertionResults
    .filter((one) => one.status === 'failed')
    .map((one) => ({ name: `${name} > ${one.fullName}`, why: (one.failureMessages ?? []).join('\n') }));
}
