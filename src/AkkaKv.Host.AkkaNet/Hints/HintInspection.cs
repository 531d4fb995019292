using Akka.Actor;

namespace AkkaKv.Host.AkkaNet.Hints;

/// <summary>Looks at some of a node's journals before the node runs.</summary>
internal sealed class HintInspection(HintJournalPlan plan, IReadOnlyList<string> parts, byte[]? first, TaskCompletionSource<int> found) : UntypedActor
{
    private int _keys;
    private int _open = parts.Count;

    protected override void PreStart()
    {
        foreach (string part in parts)
            Context.Watch(Context.ActorOf(Props.Create(() => new HintJournal(plan, part))));
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        Fail(cause.Message);
        return Directive.Stop;
    });

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case HintsRecovered recovered: OnRecovered(recovered); break;
            case HintsAppended: Close(); break;
            case HintsFailed failed: Fail(failed.Because); break;
            case Terminated: Fail("its journal ended."); break;
            default: Unhandled(message); break;
        }
    }

    private void OnRecovered(HintsRecovered recovered)
    {
        _keys += recovered.Records.Count;
        if (first is not null && recovered.Records.Count == 0)
            Sender.Tell(new HintsAppend(first));
        else
            Close();
    }

    private void Close()
    {
        if (--_open == 0)
            found.TrySetResult(_keys);
    }

    private void Fail(string because) => found.TrySetException(new HintDatabaseException(because));
}
