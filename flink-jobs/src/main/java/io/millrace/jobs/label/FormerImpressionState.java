package io.millrace.jobs.label;

import io.millrace.jobs.label.Kept.Early;
import io.millrace.jobs.label.Kept.Shown;
import io.millrace.model.example.Labellable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.jspecify.annotations.Nullable;

/**
 * What a savepoint of version 0.1.0, or of those until there was {@link Kept}, knows of the
 * impression id at hand, in up to four states. Nothing is written to them any more.
 */
final class FormerImpressionState<E extends Labellable<E>> {

    private static final String IMPRESSION = "impression";
    private static final String CLICK = "click";

    private final ValueState<E> impression;

    /**
     * The first click to come before its impression; or, once that has come, the earliest late
     * click while the window goes on. State of version 0.1.0, which has no {@link #said}: the click
     * that made the positive.
     */
    private final ValueState<Clicked> click;

    /** More clicks that came before their impression. */
    private final ListState<Clicked> moreClicks;

    private final ValueState<Byte> said;

    private FormerImpressionState(
            ValueState<E> impression,
            ValueState<Clicked> click,
            ListState<Clicked> moreClicks,
            ValueState<Byte> said) {
        this.impression = impression;
        this.click = click;
        this.moreClicks = moreClicks;
        this.said = said;
    }

    static <E extends Labellable<E>> FormerImpressionState<E> of(
            RuntimeContext runtime, TypeSerializer<E> examples) {
        return new FormerImpressionState<>(
                runtime.getState(new ValueStateDescriptor<>(IMPRESSION, examples)),
                runtime.getState(new ValueStateDescriptor<>(CLICK, ClickedSerializer.TYPE)),
                runtime.getListState(
                        new ListStateDescriptor<>("more-clicks", ClickedSerializer.TYPE)),
                runtime.getState(new ValueStateDescriptor<>("said", Types.BYTE)));
    }

    /** Whether any id is left in it; looks for the first one only. */
    static boolean isIn(KeyedStateBackend<?> restored) {
        return hasKeys(restored, IMPRESSION) || hasKeys(restored, CLICK);
    }

    private static boolean hasKeys(KeyedStateBackend<?> restored, String state) {
        try (Stream<?> ids = restored.getKeys(state, VoidNamespace.INSTANCE)) {
            return ids.findAny().isPresent();
        }
    }

    /** What is known of the id; it is known here no longer. */
    @Nullable Kept<E> take() throws Exception {
        E shown = impression.value();
        Clicked first = click.value();
        if (shown != null) {
            Byte code = said.value();
            impression.clear();
            click.clear();
            said.clear();
            return of(shown, first, code);
        }
        if (first == null) {
            return null;
        }
        List<Clicked> clicks = new ArrayList<>();
        clicks.add(first);
        moreClicks.get().forEach(clicks::add);
        clicks.sort(Comparator.comparingLong(Clicked::time));
        click.clear();
        moreClicks.clear();
        return new Early<>(clicks);
    }

    private static <E extends Labellable<E>> Shown<E> of(
            E example, @Nullable Clicked clicked, @Nullable Byte code) {
        Said said = code != null ? Said.of(code) : clicked == null ? Said.NOTHING : Said.POSITIVE;
        Shown<E> shown = Shown.of(example, said);
        if (said == Said.POSITIVE) {
            return shown.positive();
        }
        return said == Said.LATE_CLICK_WAITS && clicked != null
                ? shown.waitingWith(clicked)
                : shown;
    }
}
