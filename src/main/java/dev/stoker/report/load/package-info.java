/** Documents of load tests: HTML, Markdown, CSV. Pure, but for reading the files of a run. */
@NullMarked
package dev.stoker.report.load;

import org.jspecify.annotations.NullMarked;
