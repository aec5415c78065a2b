package io.millrace.jobs.label;

import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;

/**
 * How many impressions wait for a label, as far as this subtask has been told of them. A subtask
 * may be given another's count, so only their sum says how many wait.
 */
final class WaitingImpressions {

    private final ListState<Long> state;
    private long count;

    private WaitingImpressions(ListState<Long> state, long count) {
        this.state = state;
        this.count = count;
    }

    static WaitingImpressions restored(FunctionInitializationContext context) throws Exception {
        ListState<Long> state =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("waiting", Types.LONG));
        long count = 0;
        for (long counted : state.get()) {
            count += counted;
        }
        return new WaitingImpressions(state, count);
    }

    void increment() {
        count++;
    }

    void decrement() {
        count--;
    }

    long count() {
        return count;
    }

    void snapshot() throws Exception {
        state.update(List.of(count));
    }
}
