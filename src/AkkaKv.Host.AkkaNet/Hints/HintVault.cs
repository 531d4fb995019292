using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Storage;
using Address = AkkaKv.Core.Kernel.Address;

namespace AkkaKv.Host.AkkaNet.Hints;

/// <summary>A node's hints in Akka.Persistence: everything that its partitions' keepers share.</summary>
/// <remarks>Each keeper holds its records in memory as well, so the bound of all hints is one of memory, too.</remarks>
internal sealed class HintVault(HintJournalPlan journal, int partitions, long pendingBytesMax, Action<NodeEvent> log)
{
    private long _keys;
    private long _bytes;
    private long _pendingBytes;
    private IActorRef _actor = ActorRefs.Nobody;
    private Action<Address, Message> _reply = static (_, _) => { };

    public HintJournalPlan Journal => journal;

    public int Partitions => partitions;

    public HintOutage Outage { get; } = new(log);

    public void Warn(string text) => log(new NodeEvent(NodeEventLevel.Warning, text));

    /// <summary>Those whose journals have ended may try again; from any thread.</summary>
    public void OpenOthers() => _actor.Tell(HintsOpenAgain.Instance, ActorRefs.NoSender);

    /// <summary>Starts the keepers; each reads what it has.</summary>
    /// <param name="reply">Sends to an actor of the node; from any thread, and never refused.</param>
    /// <param name="failed">A keeper has failed; called once, and none of them is at work any more.</param>
    public void Start(ActorSystem system, Action<Address, Message> reply, Action<Exception> failed)
    {
        _reply = reply;
        _actor = system.ActorOf(Props.Create(() => new HintVaultActor(this, failed)), HintVaultActor.Name);
    }

    /// <summary>Ends the keepers. What they had not answered may be kept or not.</summary>
    public async Task StopAsync(TimeSpan timeout)
    {
        if (!_actor.IsNobody())
            await _actor.GracefulStop(timeout);
    }

    /// <summary>Takes a store message about hints; from any thread.</summary>
    public void Submit(int partition, Message message) => _actor.Tell(new HintQuestion(partition, message), ActorRefs.NoSender);

    public int PartitionOf(ulong hash) => new Token(hash).PartitionIn(partitions);

    public INodeStore Around(INodeStore store) => new HintVaultStore(store, this);

    /// <summary>The store's own status, with the hints that are here.</summary>
    public StoreStatus In(StoreStatus status) => status with { HintKeys = Interlocked.Read(ref _keys), HintLiveBytes = Interlocked.Read(ref _bytes) };

    public void Reply(Address to, Message message) => _reply(to, message);

    /// <summary>Who is asked cannot say now.</summary>
    public void RefuseRead(StoreRead read) => Reply(read.ReplyTo, new StoreReadDone(read.Ticket, StoreOutcome.Busy, default));

    public void Count(long keys, long bytes)
    {
        Interlocked.Add(ref _keys, keys);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <returns>False when too much waits for the database already.</returns>
    public bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _pendingBytes, bytes) <= pendingBytesMax)
            return true;
        Interlocked.Add(ref _pendingBytes, -bytes);
        return false;
    }

    /// <summary>Past the bound: for what must be written all the same.</summary>
    public void Reserve(long bytes) => Interlocked.Add(ref _pendingBytes, bytes);

    public void Release(long bytes) => Interlocked.Add(ref _pendingBytes, -bytes);
}

/// <summary>A store whose hints are in the vault.</summary>
internal sealed class HintVaultStore(INodeStore store, HintVault vault) : INodeStore
{
    public StoreIdentity Identity => store.Identity;

    public StoreStatus Status => vault.In(store.Status);

    public IStorePort OpenPort(int loop, Action<StoreCompletion> completed) => new Port(store.OpenPort(loop, completed), vault);

    public bool TryReadFact(string name, out ReadOnlyMemory<byte> value) => store.TryReadFact(name, out value);

    public void Dispose() => store.Dispose();

    private sealed class Port(IStorePort port, HintVault vault) : IStorePort
    {
        public void Submit(Message storeMessage, Action<Address, Message> send)
        {
            ulong? hash = storeMessage switch
            {
                StoreRead { Space: StoreSpace.Hints } read => read.Key.Hash,
                StoreWrite { Space: StoreSpace.Hints } write => write.Key.Hash,
                StoreRemove { Space: StoreSpace.Hints } remove => remove.Key.Hash,
                StoreScan { Space: StoreSpace.Hints } scan => scan.FirstHash,
                _ => null,
            };
            if (hash is { } at)
                vault.Submit(vault.PartitionOf(at), storeMessage);
            else
                port.Submit(storeMessage, send);
        }

        public void EndTurn() => port.EndTurn();

        public void Complete(StoreCompletion completion, Action<Address, Message> send) => port.Complete(completion, send);
    }
}
