using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Workload;

/// <summary>Sends operations to gateways and records what becomes of them, as a client sees it.</summary>
internal sealed class ClientPool
{
    private const long PatienceTicks = 2 * TimeSpan.TicksPerSecond;

    private readonly SimWorld _world;
    private readonly History _history;
    private readonly Dictionary<int, (Operation Operation, NodeLife Life, Action<Operation> Completed)> _pending = [];

    public ClientPool(SimWorld world, History history)
    {
        _world = world;
        _history = history;
        world.Reply = OnReply;
        world.NodeDied = OnNodeDied;
    }

    /// <summary>Sends an operation; the continuation runs when it is over.</summary>
    public void Invoke(Operation operation, int filler, Action<Operation> completed)
    {
        _history.Add(operation);
        if (_world.Nodes[operation.Node].Life is not { } life)
        {
            // Connection refused.
            Complete(operation, OperationOutcome.NotAttempted, completed);
            return;
        }

        _pending.Add(operation.Number, (operation, life, completed));
        var replyTo = new Address(life.Node.Id, ActorRole.Caller, (ulong)operation.Number);
        life.Post(life.GatewayOf(operation.Key.Store), RequestOf(operation, filler, replyTo), operation.Number);
        _world.After(operation.Timeout.Ticks + PatienceTicks, () => LosePatience(operation));
    }

    private static Message RequestOf(Operation operation, int filler, Address replyTo)
    {
        var options = new RequestOptions(
            operation.N, operation.R, operation.W, operation.Strict ? QuorumMode.Strict : QuorumMode.Sloppy, operation.Timeout);
        return operation.Kind switch
        {
            OperationKind.Get => new GatewayGet(operation.Key.Entry, options, replyTo),
            OperationKind.Put => new GatewayPut(
                operation.Key.Entry,
                PutOf(operation, filler),
                options,
                replyTo),
            _ => new GatewayDelete(operation.Key.Entry, operation.Source?.Context, options, replyTo),
        };
    }

    private static PutRequest PutOf(Operation operation, int filler) => new(
        PayloadCodec.Make(operation.Number, filler),
        Context: operation.Source?.Context,
        ExpiresAt: operation.ExpiresAtMillis == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(operation.ExpiresAtMillis),
        LastWriteWins: operation.LastWriteWins);

    private void OnReply(int number, Message message)
    {
        if (number < 0)
            _ = _world.Calls.Answer(number, message);
        if (!_pending.Remove(number, out var pending))
            return; // The client had lost its patience, or the answer came twice.
        Operation operation = pending.Operation;
        operation.AnsweredAtMillis = pending.Life.Node.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (message is GetDone get)
            TakeRead(operation, get.Reply);
        else
            TakeWrite(operation, ((PutDone)message).Reply);
        OperationOutcome outcome = operation.Error is not { } error
            ? OperationOutcome.Ok
            : error.Outcome == KvOutcome.Indeterminate && operation.IsWrite ? OperationOutcome.Indeterminate : OperationOutcome.NotAttempted;
        Complete(operation, outcome, pending.Completed);
    }

    private void TakeRead(Operation operation, GetReply reply)
    {
        operation.Error = reply.Error;
        operation.Context = reply.Context;
        foreach (Sibling sibling in reply.Siblings)
        {
            Dot dot = ParseTag(sibling.Tag);
            if (sibling.Deleted)
            {
                operation.ShownDeletes.Add(dot);
                continue;
            }

            int writer = PayloadCodec.OperationOf(sibling.Value);
            operation.Shown.Add(writer);
            operation.ShownExpiries.Add(sibling.ExpiresAt?.ToUnixTimeMilliseconds() ?? 0);
            _world.Dots.Shown(dot, writer);
        }
    }

    private void TakeWrite(Operation operation, PutReply reply)
    {
        operation.Error = reply.Error;
        operation.Context = reply.Context;
        if (reply.Tag is not null)
            _world.Dots.Shown(ParseTag(reply.Tag), operation.Number);
    }

    private void OnNodeDied(SimNode node)
    {
        List<Operation>? lost = null;
        foreach ((Operation operation, NodeLife life, _) in _pending.Values)
        {
            if (life.Node == node)
                (lost ??= []).Add(operation);
        }

        if (lost is null)
            return;

        // Out of a dictionary they come in no order of their own.
        lost.Sort(static (left, right) => left.Number.CompareTo(right.Number));
        foreach (Operation operation in lost)
            GiveUp(operation);
    }

    private void LosePatience(Operation operation)
    {
        if (!_pending.TryGetValue(operation.Number, out var pending))
            return;
        if (pending.Life.Node.PausedUntil <= operation.InvokedAt)
            _world.Fail("every request is answered by its deadline", $"{operation} got no answer");
        GiveUp(operation);
    }

    private void GiveUp(Operation operation)
    {
        if (_pending.Remove(operation.Number, out var pending))
            Complete(operation, operation.IsWrite ? OperationOutcome.Indeterminate : OperationOutcome.NotAttempted, pending.Completed);
    }

    private void Complete(Operation operation, OperationOutcome outcome, Action<Operation> completed)
    {
        operation.Outcome = outcome;
        operation.CompletedAt = _world.Now;
        _world.Trace.Mark(_world.Now, operation.Node, 2, ((ulong)operation.Number << 8) | (ulong)outcome);
        completed(operation);
    }

    private static Dot ParseTag(string tag) => new(
        ulong.Parse(tag.AsSpan(0, 16), System.Globalization.NumberStyles.AllowHexSpecifier), ulong.Parse(tag.AsSpan(17)));
}
