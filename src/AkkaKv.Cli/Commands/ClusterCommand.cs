using System.CommandLine;
using System.Globalization;
using AkkaKv.Api;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;

namespace AkkaKv.Cli.Commands;

/// <summary><c>akkakv cluster</c>: who belongs, what is to change, and the orders that change it.</summary>
internal sealed class ClusterCommand(Terminal terminal, ConnectionFlags connection)
{
    private readonly Argument<string> _node = new("NODE") { Description = "The member's name." };
    private readonly Argument<string> _newNode = new("NEW") { Description = "The name of the node that takes its place." };
    private readonly Argument<double> _weight = new("WEIGHT") { Description = "Its share of the data relative to the others, 0.1 to 100." };
    private readonly Argument<string> _zone = new("ZONE") { Description = "Its failure zone; '' for none." };
    private readonly Option<bool> _dead = new("--dead") { Description = "The node will never answer again: nothing is fetched from it, and nobody waits for it." };
    private readonly Option<bool> _wait = new("--wait") { Description = "Follows the change until it is done." };
    private readonly Option<string[]> _gone = new("--dead") { Description = "A joining member that will never answer again; repeat it for several.", HelpName = "NAME" };
    private readonly Option<bool> _undo = new("--undo") { Description = "Takes back what is staged for the node." };
    private readonly Option<long?> _epoch = new("--epoch") { Description = "The epoch of the plan that you have seen. Default: that of the plan as it is now.", HelpName = "N" };
    private readonly MemberFlags _member = new();

    public Command Build()
    {
        var command = new Command("cluster", "Shows and changes who belongs to the cluster: stage with join, leave, replace, weight or zone, look at the plan, commit.");
        command.Subcommands.Add(Sub("status", "Shows the members and how a change goes.", StatusAsync));
        command.Subcommands.Add(Join());
        command.Subcommands.Add(OfNode("leave", "Stages that a member leaves.", parse => new ClusterChange("leave", NodeOf(parse), null, parse.GetValue(_dead)), _dead, _undo));
        command.Subcommands.Add(Replace());
        command.Subcommands.Add(Weight());
        command.Subcommands.Add(Zone());
        command.Subcommands.Add(Sub("plan", "Shows what a commit would move, from whom to whom.", PlanAsync));
        command.Subcommands.Add(Sub("commit", "Begins the staged changes.", CommitAsync, _wait, _epoch));
        command.Subcommands.Add(Sub("abort", "Forgets what is staged, or takes back a change that has not come to its last phase.", AbortAsync, _gone));
        return command;
    }

    private static Command Sub(string name, string description, Func<ParseResult, CancellationToken, Task<int>> run, params Option[] options)
    {
        var command = new Command(name, description);
        foreach (Option option in options)
            command.Options.Add(option);
        command.SetAction(run);
        return command;
    }

    private Command OfNode(string name, string description, Func<ParseResult, ClusterChange> change, params Option[] options)
    {
        Command command = Sub(name, description, (parse, cancellation) => StageAsync(parse, change(parse), cancellation), options);
        command.Arguments.Add(_node);
        return command;
    }

    private Command Join()
    {
        Command command = OfNode("join", "Stages that a node joins.", parse => new ClusterChange("join", NodeOf(parse), _member.Read(parse, NodeOf(parse), required: !parse.GetValue(_undo))), _undo);
        _member.AddTo(command);
        return command;
    }

    private Command Replace()
    {
        Command command = OfNode(
            "replace",
            "Stages that a new node takes a member's place.",
            parse => new ClusterChange("replace", NodeOf(parse), _member.Read(parse, parse.GetRequiredValue(_newNode), required: !parse.GetValue(_undo)), parse.GetValue(_dead)),
            _dead,
            _undo);
        command.Arguments.Add(_newNode);
        _member.AddTo(command);
        return command;
    }

    private Command Weight()
    {
        Command command = OfNode("weight", "Stages a member's new weight.", parse => new ClusterChange("weight", NodeOf(parse), new ClusterMember(NodeOf(parse), Weight: parse.GetValue(_weight))), _undo);
        command.Arguments.Add(_weight);
        return command;
    }

    private Command Zone()
    {
        Command command = OfNode("zone", "Stages a member's new zone.", parse => new ClusterChange("zone", NodeOf(parse), new ClusterMember(NodeOf(parse), Zone: parse.GetRequiredValue(_zone))), _undo);
        command.Arguments.Add(_zone);
        return command;
    }

    private string NodeOf(ParseResult parse) => parse.GetRequiredValue(_node);

    private async Task<int> StatusAsync(ParseResult parse, CancellationToken cancellation)
    {
        using var client = connection.Connect(parse);
        ClusterChangeInfo info = (await client.ClusterAsync(cancellation))!;
        if (connection.IsJson(parse))
            terminal.OutText.WriteLine(JsonText.Of(info));
        else
            new ClusterPrinter(terminal).Print(info);
        return ExitCode.Ok;
    }

    private async Task<int> StageAsync(ParseResult parse, ClusterChange change, CancellationToken cancellation)
    {
        using var client = connection.Connect(parse);
        return Answer(parse, await client.StageAsync(change, parse.GetValue(_undo), cancellation), "see 'akkakv cluster plan' for what it moves");
    }

    private async Task<int> PlanAsync(ParseResult parse, CancellationToken cancellation)
    {
        using var client = connection.Connect(parse);
        PlanReply reply = await client.PlanAsync(cancellation);
        if (reply.Plan is not { } plan)
            return Answer(parse, new ChangeReply(Done: false, reply.Problem, 0), "");
        var answers = await MemberInquiry.AllAsync(client, await client.MembersAsync(cancellation), cancellation);
        PlanEstimate estimate = PlanEstimate.Of(plan, answers);
        if (connection.IsJson(parse))
            terminal.OutText.WriteLine(JsonText.Of(new { plan, estimate = estimate.Json() }));
        else
            new PlanPrinter(terminal).Print(plan, estimate);
        return ExitCode.Ok;
    }

    private async Task<int> CommitAsync(ParseResult parse, CancellationToken cancellation)
    {
        using var client = connection.Connect(parse);
        long epoch;
        if (parse.GetValue(_epoch) is { } named)
        {
            epoch = named;
        }
        else
        {
            PlanReply reply = await client.PlanAsync(cancellation);
            if (reply.Plan is not { } plan)
                return Answer(parse, new ChangeReply(Done: false, reply.Problem, 0), "");
            epoch = plan.Epoch;
        }

        ChangeReply begun = await client.CommitAsync(epoch, cancellation);
        int code = Answer(parse, begun, "follow it with 'akkakv cluster status'");
        return code != ExitCode.Ok || !parse.GetValue(_wait)
            ? code
            : await new ChangeProgress(terminal).FollowAsync(begun.Epoch, client.ClusterAsync, cancellation);
    }

    private async Task<int> AbortAsync(ParseResult parse, CancellationToken cancellation)
    {
        using var client = connection.Connect(parse);
        return Answer(parse, await client.AbortAsync(parse.GetValue(_gone) ?? [], cancellation), "");
    }

    private int Answer(ParseResult parse, ChangeReply reply, string next)
    {
        int code = reply switch
        {
            { Done: true } => ExitCode.Ok,
            { IsKnown: false } => ExitCode.Indeterminate,
            _ => ExitCode.Refused,
        };
        if (connection.IsJson(parse))
            terminal.OutText.WriteLine(JsonText.LineOf(new { done = reply.Done, detail = reply.Detail, epoch = reply.Epoch, exitCode = code }));
        else if (reply.Done)
            terminal.OutText.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{reply.Detail} (epoch {reply.Epoch}{(next.Length > 0 ? "; " + next : "")})"));
        else
            terminal.Error.WriteLine($"akkakv: {reply.Detail}");
        return code;
    }
}
