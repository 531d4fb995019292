using System.Globalization;
using Akka.Actor;
using Akka.Persistence;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.AkkaNet.Hints;

/// <summary>Makes these changes durable. One at a time; answered by <see cref="HintsAppended"/>, or the journal ends.</summary>
internal sealed record HintsAppend(byte[] Event);

internal sealed record HintsAppended
{
    public static HintsAppended Instance { get; } = new();
}

/// <summary>Keeps all that is kept now as one snapshot, so that what came before can go. Not answered.</summary>
internal sealed record HintsSnapshot(byte[] Everything);

/// <summary>What the journal held when it was opened.</summary>
internal sealed record HintsRecovered(Dictionary<StoreKey, ReadOnlyMemory<byte>> Records);

/// <summary>The database did not do what it was asked; the journal ends after this.</summary>
internal sealed record HintsFailed(string Because);

/// <summary>Where the events of the hints go.</summary>
/// <param name="Owner">What the persistence ids begin with.</param>
public sealed record HintJournalPlan(string JournalPluginId, string SnapshotPluginId, string Owner)
{
    /// <summary>False when the database could not be asked yet whether it is the one that has the node's hints.</summary>
    public bool IsProven { get; init; } = true;
}

/// <summary>One journal of the hints in Akka.Persistence. Tells its parent everything, and ends at the first failure.</summary>
internal sealed class HintJournal : UntypedPersistentActor
{
    /// <summary>What a node's own journal begins with: by it the database is known as the one that was meant.</summary>
    public const string HomePart = "home";

    private Dictionary<StoreKey, ReadOnlyMemory<byte>> _records = [];

    /// <param name="part">Which of the owner's journals: a partition's number, or "home".</param>
    public HintJournal(HintJournalPlan plan, string part)
    {
        PersistenceId = $"{plan.Owner}-{part}";
        JournalPluginId = plan.JournalPluginId;
        SnapshotPluginId = plan.SnapshotPluginId;
    }

    public override string PersistenceId { get; }

    public static string PartOf(int partition) => partition.ToString(CultureInfo.InvariantCulture);

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer { Snapshot: byte[] everything }:
                _records.Clear();
                Apply(everything);
                break;
            case byte[] edits:
                Apply(edits);
                break;
            case RecoveryCompleted:
                Context.Parent.Tell(new HintsRecovered(Own(_records)));
                _records = [];
                break;
            default:
                throw new InvalidDataException($"The journal {PersistenceId} must hold bytes; found {message.GetType().Name}. See to the serializers of the program's HOCON.");
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case HintsAppend append:
                Persist(append.Event, _ => Context.Parent.Tell(HintsAppended.Instance));
                break;
            case HintsSnapshot snapshot:
                SaveSnapshot(snapshot.Everything);
                break;
            case SaveSnapshotSuccess saved:
                DeleteMessages(saved.Metadata.SequenceNr);
                DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1));
                break;

            // Nothing is lost by it: more events are read at the next start, and the next snapshot removes them too.
            case SaveSnapshotFailure or DeleteMessagesFailure or DeleteSnapshotsFailure or DeleteMessagesSuccess or DeleteSnapshotsSuccess:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        Context.Parent.Tell(new HintsFailed(cause.Message));
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    // Akka.Persistence would go on; but the event is not durable, and those after it must not overtake it.
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        Context.Parent.Tell(new HintsFailed(cause.Message));
        Context.Stop(Self);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        Context.Parent.Tell(new HintsFailed(reason.Message));
        base.OnRecoveryFailure(reason, message);
    }

    // What was read are views into whole events and snapshots, which a few survivors must not hold.
    private static Dictionary<StoreKey, ReadOnlyMemory<byte>> Own(Dictionary<StoreKey, ReadOnlyMemory<byte>> read)
    {
        var own = new Dictionary<StoreKey, ReadOnlyMemory<byte>>(read.Count);
        foreach ((StoreKey key, ReadOnlyMemory<byte> record) in read)
        {
            bool isKey = StoreKey.TryRead(key.Bytes.ToArray(), out StoreKey? copy);
            Invariant.Require(isKey, "the copy of a key is a key", key);
            own.Add(copy!, record.ToArray());
        }

        return own;
    }

    private void Apply(byte[] edits)
    {
        foreach (HintEdit edit in HintEvents.Decode(edits))
        {
            if (edit.Object.IsEmpty)
                _records.Remove(edit.Key);
            else
                _records[edit.Key] = edit.Object;
        }
    }
}
