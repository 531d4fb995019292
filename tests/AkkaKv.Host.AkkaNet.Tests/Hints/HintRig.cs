using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Sql;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Host.AkkaNet.Hints;
using AkkaKv.Host.AkkaNet.Hosting;
using AkkaKv.Host.AkkaNet.Tests.Support;
using AkkaKv.Storage;
using Address = AkkaKv.Core.Kernel.Address;

namespace AkkaKv.Host.AkkaNet.Tests.Hints;

/// <summary>A store whose hints are in a database, without a node: what it is asked is answered here.</summary>
internal sealed class HintRig : IAsyncDisposable
{
    public const int Partitions = 4;

    private static readonly Address Asker = new(new NodeId("node-1"), ActorRole.Hints, 0);

    private readonly ActorSystem _system;
    private readonly HintVault _vault;
    private readonly INodeStore _store;
    private readonly IStorePort _port;
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<Message>> _answers = new();
    private readonly ConcurrentQueue<string> _log = new();
    private ulong _ticket;

    private HintRig(ActorSystem system, HintJournalPlan plan, long pendingBytesMax)
    {
        _system = system;
        _vault = new HintVault(plan, Partitions, pendingBytesMax, happened => _log.Enqueue(happened.Text));
        var options = new StoreOptions { Node = "node-1", Cluster = "test", Time = TimeProvider.System, DrawId = static () => 7 };
        _store = _vault.Around(new MemoryStore(options, 1, static _ => 0));
        _port = _store.OpenPort(0, static _ => { });
        _vault.Start(system, OnAnswer, cause => _log.Enqueue($"failed: {cause}"));
    }

    public ActorSystem System => _system;

    public StoreStatus Status => _store.Status;

    public IReadOnlyCollection<string> Log => _log;

    public static ActorSystem SystemOn(bool isSqlite, string database) => ActorSystem.Create("test", SqlPlugins.Of(HintsHocon.PluginName, isSqlite, database)
        .WithFallback(ConfigurationFactory.ParseString("akka { loglevel = OFF, stdout-loglevel = OFF, coordinated-shutdown.run-by-clr-shutdown-hook = off }"))
        .WithFallback(SqlPersistence.DefaultConfiguration));

    public static HintRig Start(bool isSqlite, string database, string owner = "owner", long pendingBytesMax = 64 << 20, bool isProven = true) =>
        new(SystemOn(isSqlite, database), HintPlacing.PlanOf(owner) with { IsProven = isProven }, pendingBytesMax);

    public static StoreKey Key(int number) => StoreKey.Of("hints", BitConverter.GetBytes(number));

    public async Task<StoreOutcome> WriteAsync(int key, byte[] record) => ((StoreWriteDone)await SubmitWrite(key, record).WaitAsync(Waiting.Max)).Outcome;

    public async Task<StoreOutcome> RemoveAsync(int key) => ((StoreWriteDone)await Submit(ticket => new StoreRemove(Key(key), ticket, Asker, StoreSpace.Hints)).WaitAsync(Waiting.Max)).Outcome;

    public Task<Message> SubmitWrite(int key, byte[] record) => Submit(ticket => new StoreWrite(Key(key), record, ticket, Asker, StoreSpace.Hints));

    public async Task<StoreReadDone> ReadAsync(int key) => (StoreReadDone)await Submit(ticket => new StoreRead(Key(key), ticket, Asker, StoreSpace.Hints)).WaitAsync(Waiting.Max);

    public async Task<IReadOnlyList<StoreKey>> ScanAsync()
    {
        var all = new List<StoreKey>();
        for (int partition = 0; partition < Partitions; partition++)
        {
            var part = (StoreScanDone)await Submit(ticket => new StoreScan(FirstOf(partition), FirstOf(partition) + ((1UL << 62) - 1), 0, ticket, Asker, StoreSpace.Hints)).WaitAsync(Waiting.Max);
            part.NextCursor.ShouldBe(-1);
            all.AddRange(part.Keys);
        }

        return all;
    }

    /// <summary>Ends everything as a killed process would: nothing under way is waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        await _vault.StopAsync(Waiting.Max);
        await _system.Terminate();
    }

    // Four partitions are the two top bits of the hash.
    private static ulong FirstOf(int partition) => (ulong)partition << 62;

    private Task<Message> Submit(Func<ulong, Message> make)
    {
        ulong ticket = ++_ticket;
        var answer = new TaskCompletionSource<Message>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answers[ticket] = answer;
        _port.Submit(make(ticket), static (_, _) => throw new InvalidOperationException("A hint's answer does not come from the store."));
        return answer.Task;
    }

    private void OnAnswer(Address to, Message message)
    {
        to.ShouldBe(Asker);
        ulong ticket = message switch
        {
            StoreWriteDone done => done.Ticket,
            StoreReadDone done => done.Ticket,
            StoreScanDone done => done.Ticket,
            _ => throw new InvalidOperationException($"unexpected {message}"),
        };
        _answers[ticket].TrySetResult(message).ShouldBeTrue("a store answers once");
    }
}
