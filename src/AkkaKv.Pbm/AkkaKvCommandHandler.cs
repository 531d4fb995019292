using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using AkkaKv.Host.AkkaNet.Operator;
using Petabridge.Cmd;
using Petabridge.Cmd.Host;

namespace AkkaKv.Pbm;

/// <summary>Answers the commands of one client. When the client goes, what is under way for it ends; a repair goes on.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "An actor's end is PostStop; nobody disposes of it.")]
internal sealed class AkkaKvCommandHandler : CommandHandlerActor
{
    private readonly OperatorCommands _commands;
    private readonly CancellationTokenSource _gone = new();

    public AkkaKvCommandHandler(OperatorCommands commands)
        : base(AkkaKvPalette.Palette)
    {
        _commands = commands;
        foreach (OperatorVerb verb in OperatorVerb.All)
            Process(verb.Name, command => Answer(verb, command));
    }

    protected override void PostStop()
    {
        _gone.Cancel();
        _gone.Dispose();
        base.PostStop();
    }

    private void Answer(OperatorVerb verb, Command command)
    {
        string[] words = [.. command.Arguments.SelectMany(argument => new[] { argument.Item1, argument.Item2 })];
        _ = AnswerAsync(verb, words, Sender, _gone.Token).PipeTo(Sender, Self, failure: cause => new ErroredCommandResponse(
            $"{verb.Name} failed in an unexpected way: {cause.Message} Ask another node, and report it."));
    }

    // All but the last response say that more will come.
    private async Task<CommandResponse> AnswerAsync(OperatorVerb verb, string[] words, IActorRef client, CancellationToken gone)
    {
        await foreach (OperatorLine line in _commands.RunAsync(verb.Name, words, gone))
        {
            if (line.IsError)
                return new ErroredCommandResponse(line.Text);
            client.Tell(new CommandResponse(line.Text, false), ActorRefs.NoSender);
        }

        return CommandResponse.Empty;
    }
}
