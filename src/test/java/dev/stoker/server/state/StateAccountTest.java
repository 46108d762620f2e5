package dev.stoker.server.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.explain.account.Attribution;
import dev.stoker.explain.account.StateAccount;

import org.junit.jupiter.api.Test;

/** The account of looks alone, on samples that only this package can make. */
class StateAccountTest {
    private final StateAccount account = new StateAccount();
    private double second;

    private void look(ModelState... models) {
        account.next(States.at(second, States.none(), models));
        second += 1;
    }

    private static ModelState loading(String name) {
        return new ModelDraft(name, "not told")
                .condition(new ModelCondition.Loading("it is being loaded"))
                .done();
    }

    private static ModelState busy(String name, long task, long decoded) {
        return States.model(name, States.none(), States.slot(0, true, task, decoded));
    }

    private static ModelState idle(String name) {
        return States.model(name, States.none(), States.slot(0, false, -1, 0));
    }

    @Test
    void looks_twoModelsInTurn_nameTheSwapping() {
        look(idle("a"));
        for (int i = 0; i < 5; i++) {
            look(loading("b"));
            look(loading("b"));
            look(loading("b"));
            look(busy("b", 1, 5));
            look(loading("a"));
            look(loading("a"));
            look(loading("a"));
            look(busy("a", 1, 5));
        }
        Attribution told = account.attribution();

        assertThat(told.parts().load().orElseThrow()).isCloseTo(0.75, within(0.01));
        assertThat(told.parts().decode().orElseThrow()).isCloseTo(0.25, within(0.01));
        // Only the first load of b was none that could have been spared.
        assertThat(told.swapShare()).isCloseTo(0.675, within(0.01));
        assertThat(told.verdict()).contains("swapping among two models");
        assertThat(told.evictions()).hasSize(2);
    }

    @Test
    void looks_nothingRuns_sayThatThereIsNoRequest() {
        look(idle("a"));
        look(idle("a"));
        assertThat(account.attribution().verdict()).contains("no request");
        assertThat(account.attribution().totalMillis()).isZero();
    }

    @Test
    void looks_promptAndAnswer_areToldApart() {
        look(idle("a"));
        look(busy("a", 7, 0));
        look(busy("a", 7, 3));
        look(busy("a", 7, 9));
        look(idle("a"));
        Attribution told = account.attribution();
        assertThat(told.requests()).isEqualTo(1);
        assertThat(told.totalMillis()).isCloseTo(3000, within(1.0));
        assertThat(told.parts().prompt().orElseThrow()).isCloseTo(1 / 3.0, within(0.01));
    }
}
