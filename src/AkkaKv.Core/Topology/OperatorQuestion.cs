using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Topology;

/// <summary>What an operator has asked for and has no answer to yet.</summary>
/// <param name="Number">Of this node's questions.</param>
/// <param name="Ask">One of the three messages that ask for another configuration.</param>
internal sealed record OperatorQuestion(ulong Number, Message Ask, Address ReplyTo)
{
    /// <summary>How often it was proposed.</summary>
    public int Tries { get; set; }

    /// <summary>What was proposed last.</summary>
    public ClusterConfiguration? Proposed { get; set; }

    /// <summary>What was proposed last is decided.</summary>
    public bool IsDecided { get; set; }

    /// <summary>Why the last attempt failed, for people.</summary>
    public string Trouble { get; set; } = "";

    /// <summary>What it makes of the configuration.</summary>
    public ConfigurationStep StepFrom(ClusterConfiguration configuration) => Ask switch
    {
        TopologyStage { IsTakenBack: true } stage => ConfigurationSteps.TakeBack(configuration, stage.Change.Node),
        TopologyStage stage => ConfigurationSteps.Stage(configuration, stage.Change),
        TopologyCommit commit when commit.Epoch < configuration.WorkEpoch || commit.Epoch > configuration.Epoch => ConfigurationStep.Refused(
            $"The plan has changed: it was of epoch {commit.Epoch}, and now is {configuration.Epoch}; look at it again."),
        TopologyCommit => ConfigurationSteps.Commit(configuration),
        TopologyAbort abort => ConfigurationSteps.Abort(configuration, abort.Dead),
        _ => throw new InvariantException($"an operator asks to stage, to commit or to abort; found {Ask.GetType().Name}"),
    };

    /// <summary>Whether what it asks for is so already: decided by its own proposal or another's.</summary>
    public bool IsDoneIn(ClusterConfiguration configuration)
    {
        if (Proposed is { } proposed && (IsDecided ? configuration.Epoch >= proposed.Epoch : ConfigurationRules.AreEqual(proposed, configuration)))
            return true;
        return Ask is TopologyStage { IsTakenBack: false } stage && configuration.Staged.Contains(stage.Change);
    }

    /// <summary>What was done, for people.</summary>
    public string Done() => Ask switch
    {
        TopologyStage { IsTakenBack: true } stage => $"What was staged for {stage.Change.Node} is forgotten.",
        TopologyStage { Change: var change } when Proposed is { Next: not null } => $"{change.Node} is declared dead: nobody waits for it any more.",
        TopologyStage stage => $"The change of {stage.Change.Node} is staged; it begins with a commit.",
        TopologyCommit => "The change has begun.",
        TopologyAbort when Proposed is { IsTakenBack: true } => "The change is being taken back: it ends once everyone reads from the old owners again.",
        _ => "What was staged or under way is taken back.",
    };
}
