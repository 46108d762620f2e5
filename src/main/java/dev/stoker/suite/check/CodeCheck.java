package dev.stoker.suite.check;

import dev.stoker.base.Reading;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Optional;

/**
 * The answer holds a Python function that does what is wanted. Where code may be run, its results
 * are compared; else it is only read: its head, its brackets, its body.
 *
 * @param function its name
 * @param parameters how many it has
 * @param cases what it is called with, and what it shall give
 */
public record CodeCheck(String function, int parameters, List<Case> cases) implements Check {
    static final String NAME = "code";

    public CodeCheck {
        cases = List.copyOf(cases);
    }

    /**
     * One call.
     *
     * @param arguments a JSON list
     * @param result JSON
     */
    public record Case(JsonNode arguments, JsonNode result) {}

    @Override
    public Verdict judge(Given given) {
        Optional<String> code = CodeBlock.defining(function, given.answer());
        if (code.isEmpty()) {
            return Verdict.failed(
                    NAME,
                    "a Python function " + function,
                    Seen.nothing(given, "no \"def " + function + "(\" in the answer"));
        }
        return switch (given.means().run(this, code.get())) {
            case Means.CodeRun.Ran ran -> compared(ran);
            case Means.CodeRun.Broke broke ->
                    Verdict.failed(NAME, expectedRun(), broke.why() + " (" + broke.how() + ")");
            case Means.CodeRun.NotRun not -> read(code.get(), not.why());
        };
    }

    private String expectedRun() {
        return function + " right in " + cases.size() + " calls";
    }

    private Verdict compared(Means.CodeRun.Ran ran) {
        for (int i = 0; i < cases.size(); i++) {
            Case wanted = cases.get(i);
            Reading<String> came =
                    i < ran.results().size()
                            ? ran.results().get(i)
                            : Reading.failed("it ended before this call");
            boolean right =
                    came instanceof Reading.Known<String>(String json)
                            && Json.parse(json)
                                    .filter(n -> JsonCheck.same(n, wanted.result()))
                                    .isPresent();
            if (!right) {
                return Verdict.failed(
                        NAME,
                        function + list(wanted.arguments()) + " = " + Json.write(wanted.result()),
                        (came.isKnown() ? came.value() : came.reason()) + " (" + ran.how() + ")");
            }
        }
        return Verdict.passed(NAME, expectedRun(), ran.how());
    }

    private static String list(JsonNode arguments) {
        String text = Json.write(arguments);
        return "(" + text.substring(1, text.length() - 1) + ")";
    }

    private Verdict read(String code, String whyNotRun) {
        String expected = "a Python function " + function + " with " + parameters + " parameters";
        return PythonText.fault(code, function, parameters)
                .map(f -> Verdict.failed(NAME, expected, f))
                .orElse(Verdict.passed(NAME, expected, "checked statically: " + whyNotRun));
    }
}
