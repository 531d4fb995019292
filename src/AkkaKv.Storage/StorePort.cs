using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Storage.Index;

namespace AkkaKv.Storage;

/// <summary>One loop's access to a store: its messages, its part of the index, and the batch of the present turn.</summary>
internal sealed class StorePort(
    int loop, Action<StoreCompletion> completed, LoopIndex index, CommitQueue pending, Func<ulong, int> loopOfHash, IStoreShelf shelf, FactTable facts)
    : IStorePort
{
    private readonly Stack<StoreCompletion> _free = new();
    private StoreCompletion? _turn;

    // Staged and not yet completed.
    private int _underWay;

    /// <inheritdoc/>
    public void Submit(Message storeMessage, Action<Address, Message> send)
    {
        switch (storeMessage)
        {
            case StoreRead read:
                RequireOwned(read.Key);
                send(read.ReplyTo, shelf.Read(read));
                break;
            case StoreWrite write:
                Stage(new StagedOperation(StagedKind.Put, write.Space, write.Key, write.Object, write.Ticket, write.ReplyTo), send);
                break;
            case StoreRemove remove:
                Stage(new StagedOperation(StagedKind.Remove, remove.Space, remove.Key, default, remove.Ticket, remove.ReplyTo), send);
                break;
            case StoreScan scan:
                send(scan.ReplyTo, Scan(scan));
                break;
            case StoreReserveDots reserve:
                StageDots(reserve, send);
                break;
            case FactRead read:
                send(read.ReplyTo, ReadFact(read));
                break;
            case FactWrite write:
                StageFact(write, send);
                break;
            default:
                throw new InvariantException($"a store port takes store messages; found {storeMessage.GetType().Name}");
        }
    }

    /// <inheritdoc/>
    public void EndTurn()
    {
        if (_turn is not { } batch)
            return;
        _turn = null;
        shelf.Commit(batch);
    }

    /// <inheritdoc/>
    public void Complete(StoreCompletion completion, Action<Address, Message> send)
    {
        Invariant.Require(completion.Loop == loop, "a completion returns to the loop it came from", completion.Loop);
        _underWay -= completion.Count;
        foreach (ref StagedOperation operation in completion.Operations)
        {
            if (operation.Kind == StagedKind.Dots)
            {
                send(operation.ReplyTo, shelf.Dots(completion.Outcome, operation.FirstDot));
                continue;
            }

            bool isDone = completion.Outcome == StoreOutcome.Done;
            if (operation.Kind == StagedKind.Fact)
            {
                if (isDone)
                    facts.Apply(operation.Fact!, operation.Object);
                send(operation.ReplyTo, new FactWriteDone(operation.Ticket, isDone));
                continue;
            }

            if (isDone)
                shelf.Apply(operation);
            send(operation.ReplyTo, new StoreWriteDone(operation.Ticket, completion.Outcome));
        }

        completion.Clear();
        _free.Push(completion);
    }

    private StoreScanDone Scan(StoreScan scan)
    {
        var found = new List<StoreKey>();
        long next = index.Of(scan.Space).Scan(scan.FirstHash, scan.LastHash, scan.Cursor, found);
        return new StoreScanDone(scan.Ticket, found, next);
    }

    private void Stage(in StagedOperation operation, Action<Address, Message> send)
    {
        StoreKey key = operation.Key!;
        RequireOwned(key);
        long bytes = shelf.SizeOf(key, operation.Object);
        if (shelf.IsReadOnly)
            send(operation.ReplyTo, new StoreWriteDone(operation.Ticket, StoreOutcome.ReadOnly));
        else if (operation.Kind == StagedKind.Remove && IsSurelyAbsent(operation.Space, key))
            send(operation.ReplyTo, new StoreWriteDone(operation.Ticket, StoreOutcome.Done));
        else if (!pending.TryReserve(bytes))
            send(operation.ReplyTo, new StoreWriteDone(operation.Ticket, StoreOutcome.Busy));
        else
            Add(operation, bytes);
    }

    // The index knows what is durable. What is under way may yet put the key there, so then the removal goes the way of all
    // others, and its answer does not overtake theirs. After a failure the disk may hold more than the index: see ReadOnly.
    private bool IsSurelyAbsent(StoreSpace space, StoreKey key) =>
        _underWay == 0 && !index.Of(space).TryFind(key.Bytes.Span, key.Hash, out _, out _);

    private void StageDots(StoreReserveDots reserve, Action<Address, Message> send)
    {
        if (shelf.IsReadOnly)
            send(reserve.ReplyTo, shelf.Dots(StoreOutcome.ReadOnly, 0));
        else
            Add(new StagedOperation(StagedKind.Dots, default, null, default, 0, reserve.ReplyTo), 0);
    }

    private FactReadDone ReadFact(FactRead read)
    {
        FactTable.Require(read.Name, default);
        facts.TryRead(read.Name, out ReadOnlyMemory<byte> value);
        return new FactReadDone(read.Ticket, value);
    }

    // Counts nothing against the bound of pending bytes: facts are few, each waits for its answer, and the node must get
    // on with them exactly when there is too much of everything else.
    private void StageFact(FactWrite write, Action<Address, Message> send)
    {
        FactTable.Require(write.Name, write.Value);
        if (shelf.IsReadOnly)
            send(write.ReplyTo, new FactWriteDone(write.Ticket, IsDone: false));
        else
            Add(new StagedOperation(StagedKind.Fact, default, null, write.Value, write.Ticket, write.ReplyTo) { Fact = write.Name }, 0);
    }

    private void Add(in StagedOperation operation, long bytes)
    {
        _turn ??= _free.TryPop(out StoreCompletion? free) ? free : new StoreCompletion(loop, completed);
        _turn.Add(operation, bytes);
        _underWay++;
    }

    // A key of another loop would be looked for in the wrong part of the index: a lost value, without an error.
    private void RequireOwned(StoreKey key) =>
        Invariant.Require(loopOfHash(key.Hash) == loop, "a key's messages go to the loop that owns its hash", key.Hash);
}
