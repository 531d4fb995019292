using System.Globalization;
using System.Text;
using AkkaKv.Api;
using AkkaKv.Core.Agreement;
using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Reaping;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Tests.Harness;

namespace AkkaKv.Core.Tests.Transcripts;

/// <summary>
/// Carries out the commands of a story on a small cluster and writes down what the actors say to each other.
/// </summary>
/// <remarks>
/// Commands: <c>cluster NODES [grace=MS]</c>; <c>put NODE KEY VALUE [context] [w=N] [timeout=MS]</c>; <c>get NODE KEY [r=N] [strict]</c>;
/// <c>delete NODE KEY [context]</c> (<c>context</c>: that of the last reply); <c>lose KIND to NODE</c>; <c>heal</c>;
/// <c>hold NODE</c> and <c>release NODE</c> (its disk); <c>fail NODE</c> (its syncs); <c>cut NODE NODE</c> (their
/// connection); <c>mend NODE NODE</c>; <c>hint NODE KEY for NODE</c> (what its replica holds of the key);
/// <c>hints NODE KEY</c> (what waits in that key's partition); <c>repair NODE</c> (compares replicas until it is done); <c>wait MS</c>;
/// <c>ring EPOCH N,N,… [also=N,N,…] [on=N,N,…]</c> (the ring of nodes by number, told to all or some);
/// <c>listen</c> (tells gossip too, from here on); <c>mute NODE</c> (its gossip gets lost, its connections stand);
/// <c>restart NODE</c> (its membership); <c>members NODE</c>; <c>decide NODE NAME VALUE</c> (a proposal; all nodes vote).
/// </remarks>
internal sealed class Storyteller
{
    private TestWorld _world = new();
    private CausalContext? _context;
    private bool _listens;
    private readonly Dictionary<ulong, string> _requests = [];
    private ulong _nextRepair = 900_000;

    public string Tell(string story)
    {
        var told = new StringBuilder();
        bool skipping = false;
        foreach (string line in story.Split('\n'))
        {
            if (line == "----")
                skipping = true;
            else if (line.Length == 0)
                skipping = false;
            if (skipping)
                continue;
            told.Append(line).Append('\n');
            if (line.Length > 0 && line[0] != '#')
                told.Append(Below(Do(line)));
        }

        return told.ToString()[..^1];
    }

    private static string Below(string said) => said.Length == 0 ? "" : "----\n" + said;

    private string Do(string command)
    {
        _world.Trace.Clear();
        Carry(command.Split(' '));
        var said = new StringBuilder();
        foreach ((Address from, Address to, Message message) in _world.Trace)
        {
            if ((MessageWords.Of(message, to) ?? (_listens && !IsTwin(to) ? GossipWords.Of(message, _world.Nodes) : null)) is { } words)
                said.Append($"{Sender(from, to),-18} → {Name(to),-18} {words}\n");
            Remember(message);
        }

        return said.ToString();
    }

    // Every partition's actors are told the same; the gateway stands for all of them.
    private static bool IsTwin(Address to) =>
        to.Role is ActorRole.Hints or ActorRole.Reaper or ActorRole.AntiEntropy or ActorRole.Transfer or ActorRole.Topology;

    private void Carry(string[] words)
    {
        switch (words[0])
        {
            case "cluster": _world = new TestWorld(int.Parse(words[1], CultureInfo.InvariantCulture), reaping: ReapingOf(words)); break;
            case "put": Put(words); break;
            case "get": Ask(words[1], caller => new GatewayGet(KeyOf(words[2]), OptionsOf(words), caller)); break;
            case "delete": Ask(words[1], caller => new GatewayDelete(KeyOf(words[2]), ContextOf(words), OptionsOf(words), caller)); break;
            case "lose": _world.Loses = (_, to, message) => message.GetType().Name == words[1] && to.Node.Name == words[3]; break;
            case "heal": _world.Loses = (_, _, _) => false; break;
            case "hold": Store(words[1]).Holds = true; break;
            case "release": Release(Store(words[1])); break;
            case "fail": Store(words[1]).WriteOutcome = StoreOutcome.Failed; break;
            case "listen": _listens = true; break;
            case "mute": _world.Loses = (from, to, message) => from.Node.Name == words[1] ^ to.Node.Name == words[1]; break;
            case "connect": _world.Connect(new NodeId(words[1]), new NodeId(words[2])); break;
            case "restart": _world.RestartMembership(new NodeId(words[1])); break;
            case "members": _world.AskMembers(new NodeId(words[1])); break;
            case "cut": _world.Disconnect(new NodeId(words[1]), new NodeId(words[2])); break;
            case "mend": _world.Connect(new NodeId(words[1]), new NodeId(words[2])); break;
            case "hint": Keep(words); break;
            case "hints": AskHints(words[1], words[2], (_, caller) => new HintsAsk(caller)); break;
            case "ring": Adopt(words); break;
            case "repair": Repair(new NodeId(words[1])); break;
            case "decide": Decide(new NodeId(words[1]), words[2], words[3]); break;
            case "wait": _world.Advance(TimeSpan.FromMilliseconds(int.Parse(words[1], CultureInfo.InvariantCulture))); break;
            default: throw new InvalidOperationException($"A story knows no command '{words[0]}'.");
        }
    }

    private void Adopt(string[] words)
    {
        int[]? also = NumbersOf(words, "also=");
        int[]? on = NumbersOf(words, "on=");
        RingTopology topology = _world.TopologyOf(long.Parse(words[1], CultureInfo.InvariantCulture), NumbersOf(words[2..3], "")!, also);
        _world.Adopt(topology, [.. (on ?? []).Select(number => _world.Nodes[number - 1])]);
    }

    private static int[]? NumbersOf(string[] words, string name) =>
        words.FirstOrDefault(word => word.StartsWith(name, StringComparison.Ordinal)) is { } found
            ? [.. found[name.Length..].Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))]
            : null;

    private void Put(string[] words)
    {
        var put = new PutRequest(Encoding.UTF8.GetBytes(words[3]), Context: ContextOf(words));
        Ask(words[1], caller => new GatewayPut(KeyOf(words[2]), put, OptionsOf(words), caller));
    }

    private void Keep(string[] words) => AskHints(words[1], words[2], (key, caller) =>
        new HintStore(new NodeId(words[4]), key, Store(words[1]).Object(key), 0, caller));

    private void AskHints(string node, string text, Func<StoreKey, Address, Message> request)
    {
        EntryKey entry = KeyOf(text);
        StoreKey key = StoreKey.Of(entry.Bucket, entry.Name.Span);
        _world.Ask(new Address(new NodeId(node), ActorRole.Hints, (ulong)_world.Ring.PartitionOf(key)), caller => request(key, caller));
    }

    private void Ask(string node, Func<Address, Message> request) => _world.Ask(new NodeId(node), request);

    private void Release(TestStore store)
    {
        store.Holds = false;
        store.Release();
        _world.Run();
    }

    // Clusters of these stories have few keys: what is said about partitions without any is left out.
    private void Repair(NodeId node)
    {
        _world.Post(new Address(node, ActorRole.AntiEntropy, 0), new RepairStart(new Address(node, ActorRole.Caller, _nextRepair++)));
        _world.Run();
        _world.Advance(TimeSpan.FromSeconds(30));
        HashSet<ulong> used = [.. _world.Stores.Values.SelectMany(store => store.Objects).Select(entry => (ulong)_world.Ring.PartitionOf(entry.Key))];
        _world.Trace.RemoveAll(entry => (entry.From.Role == ActorRole.Replica && !used.Contains(entry.From.Number))
            || (entry.To.Role == ActorRole.Replica && !used.Contains(entry.To.Number)));
    }

    private void Decide(NodeId node, string name, string value)
    {
        Voter[] voters = [.. _world.Nodes.Select(voter => new Voter(voter, 0))];
        var caller = new Address(node, ActorRole.Caller, _nextRepair++);
        _world.Spawn(node, ActorRole.Request, new ProposalActor(
            new ProposalOptions(), name, voters, (voters.Length / 2) + 1, Encoding.UTF8.GetBytes(value), caller));
        _world.Run();
    }

    private void Remember(Message message)
    {
        if (message is GetDone { Reply.Context: { } read })
            _context = read;
        else if (message is PutDone { Reply.Context: { } written })
            _context = written;
    }

    // What the world itself posts comes from a client, or from the host of the node.
    private string Sender(Address from, Address to)
    {
        if (from != to || to.Role == ActorRole.Reaper)
            return Name(from);
        return to.Role is ActorRole.Gateway or ActorRole.Hints ? "client" : $"{to.Node} host";
    }

    // Requests are numbered as they appear in the story, whatever the host called them.
    private string Name(Address address)
    {
        if (address.Role == ActorRole.Caller)
            return "client";
        string role = address.Role == ActorRole.AntiEntropy ? "exchange" : address.Role.ToString().ToLowerInvariant();
        if (address.Role != ActorRole.Request)
            return $"{address.Node} {role}";
        if (!_requests.TryGetValue(address.Number, out string? name))
            _requests[address.Number] = name = $"{address.Node} request {_requests.Count + 1}";
        return name;
    }

    private TestStore Store(string node) => _world.Stores[new NodeId(node)];

    private CausalContext? ContextOf(string[] words) => words.Contains("context") ? _context : null;

    private static EntryKey KeyOf(string text) => EntryKey.FromText(text.Split('/')[0], text.Split('/')[1]);

    private static RequestOptions OptionsOf(string[] words) => new(
        W: NumberOf(words, "w="),
        R: NumberOf(words, "r="),
        Mode: words.Contains("strict") ? QuorumMode.Strict : QuorumMode.Sloppy,
        Timeout: NumberOf(words, "timeout=") is { } millis ? TimeSpan.FromMilliseconds(millis) : null);

    private static ReapOptions ReapingOf(string[] words) => NumberOf(words, "grace=") is { } millis
        ? new ReapOptions(TimeSpan.FromMilliseconds(millis), TimeSpan.FromMilliseconds(millis))
        : ReapOptions.Default;

    private static int? NumberOf(string[] words, string name) =>
        words.FirstOrDefault(word => word.StartsWith(name, StringComparison.Ordinal)) is { } found
            ? int.Parse(found[name.Length..], CultureInfo.InvariantCulture)
            : null;
}
