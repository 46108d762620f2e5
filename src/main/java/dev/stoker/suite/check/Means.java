package dev.stoker.suite.check;

import dev.stoker.base.Reading;

import java.util.List;
import java.util.Optional;

/** What a check may do beside reading the answer. Bounded in time; never throws. Thread-safe. */
public interface Means {

    /** Returns why the server does not answer; empty if it does. */
    Optional<String> serverFault();

    /** Returns why the server does not list a model; empty if it does. */
    Optional<String> modelFault(String model);

    /** Runs a function that a model wrote. */
    CodeRun run(CodeCheck check, String code);

    /** What came of running a function. */
    sealed interface CodeRun {
        /** It was not allowed, or can not be done on this machine; it is then only read. */
        record NotRun(String why) implements CodeRun {}

        /**
         * It ran to its end.
         *
         * @param results what each case gave, as JSON, or why it gave nothing
         * @param how in what it was locked up
         */
        record Ran(List<Reading<String>> results, String how) implements CodeRun {
            public Ran {
                results = List.copyOf(results);
            }
        }

        /** It did not get to its end: an error before the first case, or a limit. */
        record Broke(String why, String how) implements CodeRun {}
    }

    /** Returns means that can do nothing. */
    static Means none() {
        return new Means() {
            @Override
            public Optional<String> serverFault() {
                return Optional.empty();
            }

            @Override
            public Optional<String> modelFault(String model) {
                return Optional.empty();
            }

            @Override
            public CodeRun run(CodeCheck check, String code) {
                return new CodeRun.NotRun("running code was not allowed");
            }
        };
    }
}
