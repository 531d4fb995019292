using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Core.Tests.Harness;

/// <summary>A node's store: completes writes at once, or when told, or with the outcome it is told.</summary>
internal sealed class TestStore(TestWorld world, NodeId node, ulong actorId)
{
    private readonly Dictionary<StoreKey, ReadOnlyMemory<byte>> _objects = [];
    private readonly Queue<StoreWrite> _held = new();
    private readonly HashSet<StoreKey> _damaged = [];
    private ulong _nextDot = 1;

    /// <summary>Writes wait for <see cref="Release"/>.</summary>
    public bool Holds { get; set; }

    /// <summary>How writes end.</summary>
    public StoreOutcome WriteOutcome { get; set; } = StoreOutcome.Done;

    public int DotsPerBlock { get; set; } = 100;

    public int Writes { get; private set; }

    public int Held => _held.Count;

    public void Damage(StoreKey key) => _damaged.Add(key);

    public ReadOnlyMemory<byte> Object(StoreKey key) => _objects.GetValueOrDefault(key);

    public void Receive(Message message)
    {
        switch (message)
        {
            case StoreRead read when _damaged.Contains(read.Key):
                Send(read.ReplyTo, new StoreReadDone(read.Ticket, StoreOutcome.Corrupt, default));
                break;
            case StoreRead read:
                Send(read.ReplyTo, new StoreReadDone(read.Ticket, StoreOutcome.Done, Object(read.Key)));
                break;
            case StoreWrite write when WriteOutcome is StoreOutcome.Busy or StoreOutcome.ReadOnly:
                Send(write.ReplyTo, new StoreWriteDone(write.Ticket, WriteOutcome));
                break;
            case StoreWrite write:
                _held.Enqueue(write);
                if (!Holds)
                    Release();
                break;
            case StoreReserveDots reserve:
                Send(reserve.ReplyTo, new DotsReserved(StoreOutcome.Done, actorId, _nextDot, DotsPerBlock));
                _nextDot += (ulong)DotsPerBlock;
                break;
        }
    }

    /// <summary>Completes what is held, in order.</summary>
    public void Release()
    {
        while (_held.TryDequeue(out StoreWrite? write))
        {
            if (WriteOutcome == StoreOutcome.Done)
            {
                _objects[write.Key] = write.Object;
                Writes++;
            }

            Send(write.ReplyTo, new StoreWriteDone(write.Ticket, WriteOutcome));
        }
    }

    private void Send(Address to, Message message) => world.Send(new Address(node, ActorRole.Store, 0), to, message);
}
