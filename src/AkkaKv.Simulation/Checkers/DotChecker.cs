using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;
using AkkaKv.Simulation.Workload;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Promise 5: a dot names one value for ever, across restart, wipe and restore. Sees every dot when it is staged and when
/// it is announced, and knows from then on which operation it names.
/// </summary>
internal sealed class DotChecker(SimWorld world)
{
    private static readonly Dictionary<Dot, bool> NothingHidden = [];

    private readonly Dictionary<Address, Asked> _asked = [];
    private readonly Dictionary<(NodeId, StoreKey), List<Asked>> _waiting = [];
    private readonly Dictionary<Dot, MadeDot> _made = [];
    private readonly Dictionary<Dot, Asked> _guessed = [];
    private readonly Dictionary<Address, int> _readers = [];
    private readonly Dictionary<int, long> _forgotten = [];

    // By read: the dots, and whether each is a tombstone's.
    private readonly Dictionary<int, Dictionary<Dot, bool>> _told = [];

    /// <summary>A message leaves an actor.</summary>
    public void Sent(Address to, Message message, int operation)
    {
        if (message is ReplicaPut put)
        {
            var asked = new Asked(operation, put, to.Node);
            _asked[put.ReplyTo] = asked;
            if (!_waiting.TryGetValue((to.Node, put.Key), out List<Asked>? waiting))
                _waiting.Add((to.Node, put.Key), waiting = []);
            waiting.Add(asked);
        }
        else if (message is ReplicaRead read)
        {
            _readers[read.ReplyTo] = operation;
        }
        else if (message is HintRead hint)
        {
            _readers[hint.ReplyTo] = operation;
        }
        else if (message is ReplicaReadDone found && _readers.TryGetValue(to, out int reader))
        {
            NoteHidden(reader, found);
        }
        else if (message is ReplicaPutDone done && _asked.TryGetValue(to, out Asked? asked))
        {
            _waiting[(asked.Node, asked.Put.Key)].Remove(asked);
            TakeBackGuess(done.Dot, asked);
            if (done.Outcome == ReplicaOutcome.Done)
                Note(done.Dot, new MadeDot(asked.Operation, done.Context));

            // Surely not stored: the dot names nothing, and the write may be made elsewhere, under another one.
            else if (done.Outcome is ReplicaOutcome.ReadOnly or ReplicaOutcome.Busy && asked.Dot is { } refused)
                _made.Remove(refused);
        }
    }

    // Two deletes of one key at the same moment cannot be told apart until one of them is answered.
    private void TakeBackGuess(Dot dot, Asked asked)
    {
        if (!_guessed.Remove(dot, out Asked? other) || other.Operation == asked.Operation || !other.IsTwinOf(asked))
            return;
        _made.Remove(dot);
        other.Dot = null;
        _waiting[(other.Node, other.Put.Key)].Add(other);
    }

    /// <summary>
    /// A set is handed to a store: the new dots in it are those of writes that wait there. From now on they may appear,
    /// whether or not anyone is told.
    /// </summary>
    public void Staged(NodeId node, StoreWrite write)
    {
        if (!_waiting.TryGetValue((node, write.Key), out List<Asked>? waiting) || waiting.Count == 0
            || !SiblingSetCodec.TryDecode(write.Object, out SiblingSet set))
            return;
        foreach (VersionedValue value in set.Values)
        {
            int at = _made.ContainsKey(value.Dot) ? -1 : waiting.FindIndex(asked => asked.IsFor(value.Content, set));
            if (at < 0)
                continue;
            _made.Add(value.Dot, new MadeDot(waiting[at].Operation, set.Seen));
            waiting[at].Dot = value.Dot;
            if (value.Content.IsTombstone)
                _guessed[value.Dot] = waiting[at];
            waiting.RemoveAt(at);
        }
    }

    /// <summary>A replica is about to forget a key for good; what it held, tombstones and what has expired, may be forgotten.</summary>
    public void Forgotten(SimNode node, StoreKey key, ReadOnlyMemory<byte> held)
    {
        // Who owns it no longer clears it; that takes nothing from the others.
        if (world.Shape.Changes && !world.Line.Owns(node.Id, world.Ring.PartitionOf(key)))
            return;
        if (!SiblingSetCodec.TryDecode(held, out SiblingSet set))
            return;
        long now = node.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (VersionedValue value in set.Values)
        {
            if (!value.Content.IsVisibleAt(now) && OperationOf(value.Dot) is > 0 and int operation)
                _forgotten.TryAdd(operation, world.Now);
        }
    }

    /// <summary>The writes that some replica forgot, and when the first one did.</summary>
    public IReadOnlyDictionary<int, long> AllForgotten => _forgotten;

    /// <summary>A process died, and with it the writes that it had not staged.</summary>
    public void Died(NodeId node)
    {
        foreach (((NodeId Node, StoreKey Key) place, List<Asked> waiting) in _waiting)
        {
            if (place.Node == node)
                waiting.Clear();
        }
    }

    /// <summary>A client was shown the value of an operation under a dot.</summary>
    public void Shown(Dot dot, int operation)
    {
        if (_made.TryGetValue(dot, out MadeDot? known))
            RequireSame(dot, known.Operation, operation);
        else
            _made.Add(dot, new MadeDot(operation, null));
    }

    /// <summary>The operation that a dot names; 0 for one that was never staged.</summary>
    public int OperationOf(Dot dot) => _made.TryGetValue(dot, out MadeDot? made) ? made.Operation : 0;

    /// <summary>
    /// What replicas told a read of that a client may not be shown: tombstones, and values that expire. In no order.
    /// </summary>
    public IReadOnlyDictionary<Dot, bool> HiddenFor(int read) => _told.TryGetValue(read, out Dictionary<Dot, bool>? dots) ? dots : NothingHidden;

    /// <summary>Every dot, with what its replica had seen when it was made; in no order.</summary>
    public IEnumerable<(Dot Dot, int Operation, VersionVector? Seen)> All()
    {
        foreach ((Dot dot, MadeDot made) in _made)
            yield return (dot, made.Operation, made.Seen);
    }

    private void NoteHidden(int reader, ReplicaReadDone found)
    {
        if (!SiblingSetCodec.TryDecode(found.Object, out SiblingSet set))
            return;
        foreach (VersionedValue value in set.Values)
        {
            if (!value.Content.IsTombstone && value.Content.ExpiresAtMillis == 0)
                continue;
            if (!_told.TryGetValue(reader, out Dictionary<Dot, bool>? dots))
                _told.Add(reader, dots = []);
            dots[value.Dot] = value.Content.IsTombstone;
        }
    }

    private void Note(Dot dot, MadeDot made)
    {
        if (_made.TryGetValue(dot, out MadeDot? known))
            RequireSame(dot, known.Operation, made.Operation);
        _made[dot] = made;
    }

    private void RequireSame(Dot dot, int known, int found)
    {
        if (known != found)
            world.Fail("a dot names one value for ever", $"dot {dot} names the value of operation {known}, and that of operation {found}");
    }

    private sealed record MadeDot(int Operation, VersionVector? Seen);

    private sealed record Asked(int Operation, ReplicaPut Put, NodeId Node)
    {
        /// <summary>The dot that its replica has staged for it; null before.</summary>
        public Dot? Dot { get; set; }

        public bool IsTwinOf(Asked other) =>
            Node == other.Node && Put.Key.Equals(other.Put.Key) && Put.Content.IsTombstone && other.Put.Content.IsTombstone
            && Put.Content.WrittenAtMillis == other.Put.Content.WrittenAtMillis;

        public bool IsFor(ValueContent content, SiblingSet set)
        {
            if (!content.IsTombstone)
                return PayloadCodec.OperationOf(content.Payload) == Operation;

            // A tombstone has no bytes to tell it by: it is told by its time, and by what its context has replaced.
            if (!Put.Content.IsTombstone || Put.Content.WrittenAtMillis != content.WrittenAtMillis || !set.Seen.Covers(Put.Context))
                return false;
            foreach (VersionedValue value in set.Values)
            {
                if (Put.Context.Covers(value.Dot))
                    return false;
            }

            return true;
        }
    }
}
