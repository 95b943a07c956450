// The example is a test file itself; imported here, it runs with the others.
import '../../examples/in-test-runner.test.js';
