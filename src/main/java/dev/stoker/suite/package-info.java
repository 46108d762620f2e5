/** What is asked of models and how their answers are checked: suites, tests, and their files. */
@NullMarked
package dev.stoker.suite;

import org.jspecify.annotations.NullMarked;
