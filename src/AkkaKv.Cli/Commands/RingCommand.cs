using System.CommandLine;
using AkkaKv.Api;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;

namespace AkkaKv.Cli.Commands;

/// <summary><c>akkakv ring</c>: who owns how much, and how even that is.</summary>
internal sealed class RingCommand(Terminal terminal, ConnectionFlags connection)
{
    private readonly Option<bool> _partitions = new("--partitions") { Description = "Lists every partition with its owners." };

    private sealed record Share(string Node, string Zone, double Weight, int Replicas, int First, double Part, double Ideal);

    public Command Build()
    {
        var command = new Command("ring", "Shows each member's share of the ring and the balance.");
        command.Options.Add(_partitions);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        using var client = connection.Connect(parse);
        var ring = await client.RingAsync(cancellation);
        var shares = Shares(ring);
        double balance = Balance(shares);
        if (connection.IsJson(parse))
        {
            terminal.OutText.WriteLine(JsonText.Of(new
            {
                epoch = ring.Epoch,
                partitions = ring.Partitions,
                n = ring.N,
                balance,
                shares,
                owners = parse.GetValue(_partitions) ? ring.Owners : null,
            }));
            return ExitCode.Ok;
        }
        Print(ring, shares, balance);
        if (parse.GetValue(_partitions))
            TablePrinter.ForOut(terminal).Print(["PARTITION", "OWNERS"], ring.Owners.Select((owners, at) => (IReadOnlyList<string>)[at.ToString(), string.Join(", ", owners)]));
        return ExitCode.Ok;
    }

    private void Print(RingInfo ring, IReadOnlyList<Share> shares, double balance)
    {
        terminal.OutText.WriteLine($"epoch {ring.Epoch}, {ring.Partitions} partitions, {ring.N} replicas, {shares.Count} members");
        TablePrinter.ForOut(terminal).Print(
            ["NODE", "ZONE", "WEIGHT", "REPLICAS", "FIRST", "SHARE", "IDEAL"],
            shares.Select(share => (IReadOnlyList<string>)
            [
                share.Node, share.Zone, share.Weight.ToString("0.##"), Shown.Count(share.Replicas), Shown.Count(share.First), Shown.Percent(share.Part), Shown.Percent(share.Ideal),
            ]));
        terminal.OutText.WriteLine($"balance {balance:0.000} (mean ÷ hottest, in replicas per weight; 1 is even)");
    }

    private static List<Share> Shares(RingInfo ring)
    {
        var replicas = new Dictionary<string, int>();
        var first = new Dictionary<string, int>();
        foreach (var owners in ring.Owners)
        {
            foreach (string owner in owners)
                replicas[owner] = replicas.GetValueOrDefault(owner) + 1;
            if (owners.Count > 0)
                first[owners[0]] = first.GetValueOrDefault(owners[0]) + 1;
        }
        double all = Math.Max(1, replicas.Values.Sum());
        double weights = Math.Max(double.Epsilon, ring.Members.Sum(member => member.Weight));
        return
        [
            .. ring.Members.Select(member => new Share(
                member.Name,
                member.Zone,
                member.Weight,
                replicas.GetValueOrDefault(member.Name),
                first.GetValueOrDefault(member.Name),
                replicas.GetValueOrDefault(member.Name) / all,
                member.Weight / weights)),
        ];
    }

    private static double Balance(List<Share> shares)
    {
        var weighted = shares.Where(share => share.Weight > 0).ToList();
        double hottest = weighted.Select(share => share.Replicas / share.Weight).DefaultIfEmpty(0).Max();
        double mean = weighted.Sum(share => share.Replicas) / Math.Max(double.Epsilon, weighted.Sum(share => share.Weight));
        return hottest == 0 ? 1 : mean / hottest;
    }
}
