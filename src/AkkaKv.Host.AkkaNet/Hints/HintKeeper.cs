using System.Runtime.InteropServices;
using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using Address = AkkaKv.Core.Kernel.Address;

namespace AkkaKv.Host.AkkaNet.Hints;

/// <summary>
/// One partition's hints as a store: takes the store messages of that space, and answers a write when the database has it.
/// </summary>
/// <remarks>
/// A database that fails is another thing than a disk that does: it comes back. What was under way is then written again, in
/// its order, and answered only afterwards; an edit that was there already changes nothing. Meanwhile all other writes are refused, and
/// reads answered from what is known. The journal has one event under way; what comes meanwhile shares the next.
/// </remarks>
internal sealed class HintKeeper(HintVault vault, int partition) : UntypedActor, IWithTimers
{
    // An event is a row, and a message to the database's driver.
    private const int EventBytesMax = 1 << 20;

    // A start reads at most about as much as is kept, or so many events.
    private const int EventsPerSnapshotMin = 256;
    private const int EventsPerSnapshotMax = 4_096;

    private static readonly TimeSpan RetryMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(30);

    private readonly Queue<HintWrite> _waiting = new();
    private readonly List<HintWrite> _underWay = [];
    private readonly List<Message> _asked = [];
    private Dictionary<StoreKey, ReadOnlyMemory<byte>>? _records;
    private IActorRef _journal = ActorRefs.Nobody;
    private bool _isOpen;
    private TimeSpan _retry = RetryMin;
    private string _because = "it ended";
    private long _bytes;
    private long _eventBytes;
    private int _events;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => OpenJournal();

    protected override void PostStop() => Count(keys: -(_records?.Count ?? 0), bytes: -_bytes);

    // Whatever it throws, it is opened again.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        _because = cause.Message;
        return Directive.Stop;
    });

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StoreWrite write: OnWrite(new HintWrite(new HintEdit(write.Key, write.Object), write.Ticket, write.ReplyTo)); break;
            case StoreRemove remove: OnWrite(new HintWrite(new HintEdit(remove.Key, default), remove.Ticket, remove.ReplyTo)); break;
            case StoreRead or StoreScan: OnAsked((Message)message); break;
            case HintsRecovered recovered: OnRecovered(recovered); break;
            case HintsAppended: OnAppended(); break;
            case HintsFailed failed: _because = failed.Because; break;
            case Terminated: OnJournalEnded(); break;
            case OpenAgain: OpenJournal(); break;
            default: Unhandled(message); break;
        }
    }

    private void OpenJournal()
    {
        HintJournalPlan plan = vault.Journal;
        string part = HintJournal.PartOf(partition);
        _journal = Context.Watch(Context.ActorOf(Props.Create(() => new HintJournal(plan, part))));
    }

    private void OnRecovered(HintsRecovered recovered)
    {
        Count(keys: recovered.Records.Count - (_records?.Count ?? 0), bytes: -_bytes);
        _records = recovered.Records;
        _bytes = _records.Sum(static record => BytesOf(record.Key, record.Value));
        Count(keys: 0, bytes: _bytes);
        _isOpen = true;
        _retry = RetryMin;
        vault.Outage.Over(partition);
        foreach (Message question in _asked)
            Answer(question);
        _asked.Clear();
        Append();
    }

    private void OnJournalEnded()
    {
        _isOpen = false;
        vault.Outage.Begin(partition, _because);
        Refuse();
        Timers.StartSingleTimer(OpenAgain.Instance, OpenAgain.Instance, _retry);
        _retry = _retry * 2 < RetryMax ? _retry * 2 : RetryMax;
    }

    // Nobody knows for how long: who can be told so is not kept waiting. What the journal was given before stays, and a scan, for
    // it is asked once, at the start.
    private void Refuse()
    {
        foreach (StoreRead read in _asked.OfType<StoreRead>())
            vault.Reply(read.ReplyTo, new StoreReadDone(read.Ticket, StoreOutcome.Busy, default));
        _asked.RemoveAll(static question => question is StoreRead);
        HintWrite[] all = [.. _underWay, .. _waiting];
        _underWay.Clear();
        _waiting.Clear();
        foreach (HintWrite write in all)
        {
            if (write.WasGiven)
            {
                _waiting.Enqueue(write);
                continue;
            }

            vault.Release(write.Bytes);
            vault.Reply(write.ReplyTo, new StoreWriteDone(write.Ticket, StoreOutcome.Busy));
        }
    }

    private void OnAsked(Message question)
    {
        if (_records is not null)
            Answer(question);
        else if (question is StoreRead read && vault.Outage.Has(partition))
            vault.Reply(read.ReplyTo, new StoreReadDone(read.Ticket, StoreOutcome.Busy, default));
        else
            _asked.Add(question);
    }

    // All keys at once: they are in memory, and only the start asks for them.
    private void Answer(Message question)
    {
        if (question is StoreRead read)
            vault.Reply(read.ReplyTo, new StoreReadDone(read.Ticket, StoreOutcome.Done, _records!.GetValueOrDefault(read.Key)));
        else if (question is StoreScan scan)
            vault.Reply(scan.ReplyTo, new StoreScanDone(scan.Ticket, [.. _records!.Keys.Where(key => key.Hash >= scan.FirstHash && key.Hash <= scan.LastHash)], -1));
    }

    private void OnWrite(HintWrite write)
    {
        bool isNothing = write.Edit.Object.IsEmpty && _waiting.Count == 0 && _underWay.Count == 0 && _records?.ContainsKey(write.Edit.Key) == false;
        if (isNothing)
        {
            vault.Reply(write.ReplyTo, new StoreWriteDone(write.Ticket, StoreOutcome.Done));
        }
        else if (vault.Outage.Has(partition) || !vault.TryReserve(write.Bytes))
        {
            vault.Reply(write.ReplyTo, new StoreWriteDone(write.Ticket, StoreOutcome.Busy));
        }
        else
        {
            _waiting.Enqueue(write);
            Append();
        }
    }

    private void Append()
    {
        if (!_isOpen || _underWay.Count > 0 || _waiting.Count == 0)
            return;
        long bytes = 0;
        while (_waiting.TryPeek(out HintWrite? write) && (bytes == 0 || bytes + write.Bytes <= EventBytesMax))
        {
            bytes += write.Bytes;
            write.WasGiven = true;
            _underWay.Add(_waiting.Dequeue());
        }

        _events++;
        _eventBytes += bytes;
        _journal.Tell(new HintsAppend(HintEvents.Encode([.. _underWay.Select(static write => write.Edit)])));
    }

    private void OnAppended()
    {
        foreach (HintWrite write in _underWay)
        {
            Apply(write.Edit);
            vault.Release(write.Bytes);
            vault.Reply(write.ReplyTo, new StoreWriteDone(write.Ticket, StoreOutcome.Done));
        }

        _underWay.Clear();
        if (_events >= EventsPerSnapshotMax || (_events >= EventsPerSnapshotMin && _eventBytes >= _bytes))
            Snapshot();
        Append();
    }

    private void Snapshot()
    {
        _events = 0;
        _eventBytes = 0;
        _journal.Tell(new HintsSnapshot(HintEvents.Encode([.. _records!.Select(static record => new HintEdit(record.Key, record.Value))])));
    }

    private void Apply(HintEdit edit)
    {
        (int keys, long bytes) = (_records!.Count, _bytes);
        if (_records.Remove(edit.Key, out ReadOnlyMemory<byte> before))
            _bytes -= BytesOf(edit.Key, before);
        if (!edit.Object.IsEmpty)
        {
            // What comes from a peer is a view into all that came with it.
            ReadOnlyMemory<byte> own = MemoryMarshal.TryGetArray(edit.Object, out ArraySegment<byte> segment) && segment.Array!.Length == segment.Count
                ? edit.Object
                : edit.Object.ToArray();
            _records.Add(edit.Key, own);
            _bytes += BytesOf(edit.Key, own);
        }

        Count(_records.Count - keys, _bytes - bytes);
    }

    private void Count(long keys, long bytes) => vault.Count(keys, bytes);

    private static long BytesOf(StoreKey key, ReadOnlyMemory<byte> record) => key.Bytes.Length + (long)record.Length;

    private sealed record HintWrite(HintEdit Edit, ulong Ticket, Address ReplyTo)
    {
        public long Bytes { get; } = BytesOf(Edit.Key, Edit.Object);

        /// <summary>The journal was asked to keep it: it may be there, and is written until it is.</summary>
        public bool WasGiven { get; set; }
    }

    private sealed class OpenAgain
    {
        public static OpenAgain Instance { get; } = new();
    }
}
