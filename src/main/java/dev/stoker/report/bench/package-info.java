/** Documents of benchmarks: HTML, Markdown, CSV. Pure. */
@NullMarked
package dev.stoker.report.bench;

import org.jspecify.annotations.NullMarked;
