using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Host.AkkaNet.Hints;

/// <summary>A store message for the keeper of a partition.</summary>
internal sealed record HintQuestion(int Partition, Message Message);

/// <summary>
/// The parent of a node's keepers. Where nobody could ask the database at the start whether it is the one that has the node's hints,
/// it asks until it knows, and refuses what it is asked.
/// </summary>
internal sealed class HintVaultActor(HintVault vault, Action<Exception> failed) : UntypedActor, IWithTimers
{
    public const string Name = "akkakv-hints";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<HintQuestion> _scans = [];
    private IActorRef[] _keepers = [];

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        if (vault.Journal.IsProven)
            OpenKeepers();
        else
            AskForHome();
    }

    // One that was made anew would have forgotten whom it owes an answer.
    protected override SupervisorStrategy SupervisorStrategy() => new AllForOneStrategy(cause =>
    {
        failed(cause);
        return Directive.Stop;
    });

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case HintQuestion question when _keepers.Length > 0: _keepers[question.Partition].Tell(question.Message, ActorRefs.NoSender); break;
            case HintQuestion question: Refuse(question); break;
            case HintsOpenAgain: OpenOthers(); break;
            case AskAgain: AskForHome(); break;
            case HomeAnswer answer: OnHome(answer); break;
            default: Unhandled(message); break;
        }
    }

    private void OpenKeepers()
    {
        _keepers = new IActorRef[vault.Partitions];
        for (int partition = 0; partition < _keepers.Length; partition++)
        {
            int which = partition;
            _keepers[partition] = Context.ActorOf(Props.Create(() => new HintKeeper(vault, which)), $"partition-{partition}");
        }

        foreach (HintQuestion scan in _scans)
            _keepers[scan.Partition].Tell(scan.Message, ActorRefs.NoSender);
        _scans.Clear();
    }

    private void OpenOthers()
    {
        foreach (IActorRef keeper in _keepers)
            keeper.Tell(HintsOpenAgain.Instance, ActorRefs.NoSender);
    }

    // A scan is asked once, at the start, and waits.
    private void Refuse(HintQuestion question)
    {
        switch (question.Message)
        {
            case StoreScan: _scans.Add(question); break;
            case StoreRead read: vault.RefuseRead(read); break;
            case StoreWrite write: vault.Reply(write.ReplyTo, new StoreWriteDone(write.Ticket, StoreOutcome.Busy)); break;
            case StoreRemove remove: vault.Reply(remove.ReplyTo, new StoreWriteDone(remove.Ticket, StoreOutcome.Busy)); break;
        }
    }

    private void AskForHome() => _ = HintDatabase.AskAsync(Context.System, vault.Journal, [HintJournal.HomePart], first: null, Patience)
        .PipeTo(Self, Self, success: static keys => new HomeAnswer(keys > 0, null), failure: static cause => new HomeAnswer(false, cause.Message));

    private void OnHome(HomeAnswer answer)
    {
        if (answer.AwayBecause is { } because)
        {
            vault.Outage.Begin(HintOutage.Everyone, because);
            Timers.StartSingleTimer(AskAgain.Instance, AskAgain.Instance, Pause);
        }
        else if (answer.IsHome)
        {
            vault.Outage.Over(HintOutage.Everyone);
            OpenKeepers();
        }
        else
        {
            failed(new HintDatabaseException(HintDatabase.NotTheOne));
        }
    }

    /// <param name="AwayBecause">Null when the database answered.</param>
    private sealed record HomeAnswer(bool IsHome, string? AwayBecause);

    private sealed class AskAgain
    {
        public static AskAgain Instance { get; } = new();
    }
}
