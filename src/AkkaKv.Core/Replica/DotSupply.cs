using System.Buffers.Binary;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Replica;

/// <summary>
/// Where the dots of a partition come from: blocks of counters that the store reserved, under an actor that is a new one after
/// each clearing. How often the partition was cleared is on the disk before anything is removed.
/// </summary>
/// <remarks>
/// An entry of a vector covers every smaller counter of its actor, so an actor must never forget what it wrote. A replica
/// that clears its partition does. With one actor for ever (seed 7003180 of the simulator):
/// 1. a change begins; a node that is to own the partition writes a value with dot x-7, which the old owner gets as well;
/// 2. the change is taken back, and the node clears what it has;
/// 3. the change begins anew, and the node is asked for another value, concurrent with the first. It holds nothing yet: its
///    object has seen {x-8};
/// 4. the old owner merges it. {x-8} covers x-7, and an acknowledged value is gone that nobody replaced.
/// The cure is that of Riak for replicas that have lost a key (riak_kv issue 679): epochs of actors. Vectors grow only by
/// keys whose partition was lost and won again.
/// </remarks>
internal sealed class DotSupply
{
    private readonly DotBlock _block = new();
    private readonly Queue<ReplicaPut> _waiting = new();
    private readonly Queue<ReplicaClearBegin> _clearings = new();
    private DurableFact? _fact;
    private ulong _cleared;
    private ulong _store;
    private bool _isAskedFor;

    public bool IsEmpty => _block.IsEmpty;

    /// <summary>Writes that wait for dots.</summary>
    public int Waiting => _waiting.Count;

    public Dot Peek() => _block.Peek();

    public Dot Take() => _block.Take();

    public ReplicaPut Next() => _waiting.Dequeue();

    /// <summary>Keeps a write until there are dots.</summary>
    public void Wait(IActorContext context, ReplicaPut put)
    {
        _waiting.Enqueue(put);
        if (_isAskedFor)
            return;
        _isAskedFor = true;
        if (_fact is { IsLoaded: true })
            Reserve(context);
        else
            Read(context);
    }

    public void OnRead(IActorContext context, FactReadDone done)
    {
        _fact!.OnRead(done);
        Invariant.Require(done.Value.Length is 0 or sizeof(ulong), "the number of clearings has 8 bytes", done.Value.Length);
        _cleared = done.Value.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(done.Value.Span);
        if (_isAskedFor)
            Reserve(context);
        if (_clearings.Count > 0)
            Write(context);
    }

    /// <returns>True when there are dots now.</returns>
    public bool OnReserved(DotsReserved reserved)
    {
        _isAskedFor = false;
        if (reserved.Outcome != StoreOutcome.Done)
            return false;
        _store = reserved.ActorId;
        _block.Refill(ActorId, reserved.First, reserved.Count);
        return true;
    }

    /// <summary>Dots are made under another actor before the clearing may begin.</summary>
    public void Renew(IActorContext context, ReplicaClearBegin begin)
    {
        _clearings.Enqueue(begin);
        if (_fact is { IsLoaded: true })
            Write(context);
        else
            Read(context);
    }

    /// <returns>True when the actor is a new one, for ever: then the clearings that waited for it may begin.</returns>
    public bool OnWritten(FactWriteDone done)
    {
        if (!_fact!.OnWritten(done))
            return false;
        _cleared++;
        _block.Rename(ActorId);
        return true;
    }

    public bool TryNextClearing(out ReplicaClearBegin? begin) => _clearings.TryDequeue(out begin);

    private ulong ActorId
    {
        get
        {
            if (_cleared == 0)
                return _store;
            Span<byte> bytes = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, _cleared);
            return StableHash.Of(bytes, _store);
        }
    }

    private void Read(IActorContext context)
    {
        if (_fact is not null)
            return;
        _fact = new DurableFact($"replica/cleared/{context.Self.Number}");
        _fact.Read(context);
    }

    private void Write(IActorContext context)
    {
        if (_fact!.IsWriting)
            return;
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, _cleared + 1);
        _fact.Write(context, bytes);
    }

    private static void Reserve(IActorContext context) =>
        context.Send(new Address(context.Self.Node, ActorRole.Store, 0), new StoreReserveDots(context.Self));
}
