// Plain JavaScript, so that it also speaks when the installation failed and an old Node is all there is.
import { existsSync, readFileSync } from 'node:fs';

// A step that left no report did not come far enough to count anything, and that is a failure too.
const counts = process.argv.slice(2).map((file) => (existsSync(file) ? count(JSON.parse(readFileSync(file, 'utf8'))) : [0, 1]));
const [passed, failed] = counts.reduce(([passed, failed], [more, worse]) => [passed + more, failed + worse], [0, 0]);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

// A file that could not even be loaded holds no test, yet it failed.
function count(report) {
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return [report.numPassedTests, report.numFailedTests + broken.length];
}
