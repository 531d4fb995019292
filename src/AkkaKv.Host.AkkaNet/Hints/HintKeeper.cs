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
/// reads answered from what was acknowledged, but for keys of which nobody knows. Should the database have forgotten, as one that was
/// restored or that failed over to a copy that was behind, what was acknowledged is written again. The journal has one event under
/// way; what comes meanwhile shares the next.
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

    // For those who wait for another partition's success: that one may have a trouble of its own.
    private static readonly TimeSpan RetryOfOthers = TimeSpan.FromMinutes(5);

    private readonly Queue<HintWrite> _waiting = new();
    private readonly List<HintWrite> _underWay = [];
    private readonly List<Message> _asked = [];
    private readonly HashSet<StoreKey> _unsure = [];
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

    protected override void PostStop() => vault.Count(keys: -(_records?.Count ?? 0), bytes: -_bytes);

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
            case HintsOpenAgain: OpenAgain(); break;
            default: Unhandled(message); break;
        }
    }

    private void OpenJournal()
    {
        HintJournalPlan plan = vault.Journal;
        string part = HintJournal.PartOf(partition);
        _journal = Context.Watch(Context.ActorOf(Props.Create(() => new HintJournal(plan, part))));
    }

    private void OpenAgain()
    {
        if (_isOpen || !_journal.IsNobody())
            return;
        Timers.Cancel(HintsOpenAgain.Instance);
        OpenJournal();
    }

    private void OnRecovered(HintsRecovered recovered)
    {
        _isOpen = true;
        if (_records is null)
        {
            _records = recovered.Records;
            _bytes = _records.Sum(static record => BytesOf(record.Key, record.Value));
            vault.Count(_records.Count, _bytes);
        }
        else
        {
            Restore(recovered.Records);
        }

        // One that can be read may still refuse writes: only what it takes ends the outage, where there is something to be taken.
        if (_waiting.Count == 0)
            EndOutage();
        foreach (Message question in _asked)
            Answer(question);
        _asked.Clear();
        Append();
    }

    private void EndOutage()
    {
        if (vault.Outage.Over(partition))
            vault.OpenOthers();
    }

    // What was acknowledged is what counts. What was under way differs rightly, and is written after this.
    private void Restore(Dictionary<StoreKey, ReadOnlyMemory<byte>> found)
    {
        HintEdit[] lost = [.. _records!.Where(kept => !_unsure.Contains(kept.Key) && (!found.TryGetValue(kept.Key, out var there) || !there.Span.SequenceEqual(kept.Value.Span)))
            .Select(static kept => new HintEdit(kept.Key, kept.Value))];
        HintEdit[] returned = [.. found.Keys.Where(key => !_unsure.Contains(key) && !_records!.ContainsKey(key)).Select(static key => new HintEdit(key, default))];
        if (lost.Length + returned.Length == 0)
            return;
        vault.Warn($"The hints' database had forgotten what it acknowledged: {lost.Length} keys of partition {partition} were missing or older, {returned.Length} that were removed are there again. They are written again; see whether it was restored, or failed over to a copy that was behind.");
        HintWrite[] waiting = [.. _waiting];
        _waiting.Clear();
        foreach (HintEdit edit in lost.Concat(returned))
        {
            var write = new HintWrite(edit, 0, ReplyTo: null) { WasGiven = true };
            vault.Reserve(write.Bytes);
            _unsure.Add(edit.Key);
            _waiting.Enqueue(write);
        }

        foreach (HintWrite write in waiting)
            _waiting.Enqueue(write);
    }

    private void OnJournalEnded()
    {
        _isOpen = false;
        _journal = ActorRefs.Nobody;
        bool isProber = vault.Outage.Begin(partition, _because);
        Refuse();
        Timers.StartSingleTimer(HintsOpenAgain.Instance, HintsOpenAgain.Instance, isProber ? _retry : RetryOfOthers);
        _retry = _retry * 2 < RetryMax ? _retry * 2 : RetryMax;
    }

    // Nobody knows for how long: who can be told so is not kept waiting. What the journal was given before stays, and a scan, for
    // it is asked once, at the start.
    private void Refuse()
    {
        foreach (StoreRead read in _asked.OfType<StoreRead>())
            vault.RefuseRead(read);
        _asked.RemoveAll(static question => question is StoreRead);
        HintWrite[] all = [.. _underWay, .. _waiting];
        _underWay.Clear();
        _waiting.Clear();
        foreach (HintWrite write in all)
        {
            if (write.WasGiven)
            {
                _unsure.Add(write.Edit.Key);
                _waiting.Enqueue(write);
                continue;
            }

            vault.Release(write.Bytes);
            Reply(write, StoreOutcome.Busy);
        }
    }

    private void OnAsked(Message question)
    {
        if (_records is not null)
            Answer(question);
        else if (question is StoreRead read && vault.Outage.IsOn)
            vault.RefuseRead(read);
        else
            _asked.Add(question);
    }

    // Whether the database has an edit that failed nobody knows: a deletion must not be forgotten meanwhile. All keys at once:
    // they are in memory, and only the start asks for them.
    private void Answer(Message question)
    {
        if (question is StoreRead read && _unsure.Contains(read.Key))
            vault.RefuseRead(read);
        else if (question is StoreRead known)
            vault.Reply(known.ReplyTo, new StoreReadDone(known.Ticket, StoreOutcome.Done, _records!.GetValueOrDefault(known.Key)));
        else if (question is StoreScan scan)
            vault.Reply(scan.ReplyTo, new StoreScanDone(scan.Ticket, [.. _records!.Keys.Where(key => key.Hash >= scan.FirstHash && key.Hash <= scan.LastHash)], -1));
    }

    private void OnWrite(HintWrite write)
    {
        bool isNothing = write.Edit.Object.IsEmpty && _waiting.Count == 0 && _underWay.Count == 0 && _records?.ContainsKey(write.Edit.Key) == false;
        bool isRefused = vault.Outage.Has(partition) || (_records is null && vault.Outage.IsOn);
        if (isNothing)
        {
            Reply(write, StoreOutcome.Done);
        }
        else if (isRefused || !vault.TryReserve(write.Bytes))
        {
            Reply(write, StoreOutcome.Busy);
        }
        else
        {
            _waiting.Enqueue(write);
            Append();
        }
    }

    private void Reply(HintWrite write, StoreOutcome outcome)
    {
        if (write.ReplyTo is { } asker)
            vault.Reply(asker, new StoreWriteDone(write.Ticket, outcome));
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
            Reply(write, StoreOutcome.Done);
        }

        _underWay.Clear();
        _retry = RetryMin;
        if (_unsure.Count > 0 && _waiting.All(static write => !write.WasGiven))
            _unsure.Clear();
        if (_unsure.Count == 0 && vault.Outage.Has(partition))
            EndOutage();
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

        vault.Count(_records.Count - keys, _bytes - bytes);
    }

    private static long BytesOf(StoreKey key, ReadOnlyMemory<byte> record) => key.Bytes.Length + (long)record.Length;

    /// <param name="ReplyTo">Null for what nobody asked for.</param>
    private sealed record HintWrite(HintEdit Edit, ulong Ticket, Address? ReplyTo)
    {
        public long Bytes { get; } = BytesOf(Edit.Key, Edit.Object);

        /// <summary>The journal was asked to keep it: it may be there, and is written until it is.</summary>
        public bool WasGiven { get; set; }
    }
}

/// <summary>A journal that ended may be opened again.</summary>
internal sealed class HintsOpenAgain
{
    public static HintsOpenAgain Instance { get; } = new();
}
