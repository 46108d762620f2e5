package dev.stoker.suite;

import java.util.List;

/**
 * Tests that belong together.
 *
 * @param name as results call it
 * @param description a sentence; may be empty
 * @param tests at least one
 */
public record Suite(String name, String description, List<Task> tests) {
    public Suite {
        tests = List.copyOf(tests);
    }
}
