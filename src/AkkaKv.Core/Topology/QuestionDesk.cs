using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Topology;

/// <summary>What operators wait for: each is answered within a bounded time, whatever the answer.</summary>
internal sealed class QuestionDesk(TopologyOptions options)
{
    private readonly List<OperatorQuestion> _questions = [];
    private readonly List<(ulong Number, Address ReplyTo, TimeSpan AskedAt)> _gathers = [];
    private ulong _next = 1;

    /// <summary>The one whose turn it is; null when there is none.</summary>
    public OperatorQuestion? First => _questions.Count > 0 ? _questions[0] : null;

    public void Open(IActorContext context, Message ask, Address replyTo, ClusterConfiguration current)
    {
        if (_questions.Count >= options.QuestionsMax)
        {
            context.Send(replyTo, new TopologyAnswer(false, $"{_questions.Count} other changes wait already; try again.", current.Epoch));
            return;
        }

        var question = new OperatorQuestion(_next++, ask, replyTo);
        _questions.Add(question);
        context.StartTimer(options.AnswerTimeout, new QuestionDeadline(question.Number));
    }

    /// <summary>Answers the one whose turn it is.</summary>
    public void Close(IActorContext context, TopologyAnswer answer)
    {
        context.Send(_questions[0].ReplyTo, answer);
        _questions.RemoveAt(0);
    }

    public void Expire(IActorContext context, QuestionDeadline deadline, ClusterConfiguration current, string waiting)
    {
        int index = _questions.FindIndex(question => question.Number == deadline.Number);
        if (index < 0)
            return;
        OperatorQuestion question = _questions[index];
        _questions.RemoveAt(index);
        string wasTried = question.Tries == 0 ? "It was not tried yet." : "It may be decided all the same: look before trying again.";
        string[] words = [FormattableString.Invariant($"Nothing was decided within {options.AnswerTimeout.TotalSeconds:0.#} s."), wasTried, question.Trouble, waiting];
        context.Send(question.ReplyTo, new TopologyAnswer(false, string.Join(" ", words.Where(text => text.Length > 0).Distinct()), current.Epoch));
    }

    /// <summary>The caller is answered once all whom this node can reach have said how far they are, or in time.</summary>
    public void Gather(IActorContext context, Address replyTo, TopologyTold now)
    {
        if (_gathers.Count >= options.QuestionsMax)
        {
            context.Send(replyTo, now);
            return;
        }

        _gathers.Add((_next, replyTo, context.Now));
        context.StartTimer(options.GatherTimeout, new GatherDeadline(_next++));
    }

    public void CloseGathers(IActorContext context, IReadOnlyList<RingMember> everyone, MemberStatuses statuses, Func<TopologyTold> told)
    {
        while (_gathers.Count > 0)
        {
            TimeSpan askedAt = _gathers[0].AskedAt;
            if (everyone.Any(member => statuses.IsReachable(member.Node) && !statuses.IsToldSince(member.Node, askedAt) && member.Node != context.Self.Node))
                return;
            context.Send(_gathers[0].ReplyTo, told());
            _gathers.RemoveAt(0);
        }
    }

    public void EndGather(IActorContext context, GatherDeadline deadline, TopologyTold told)
    {
        int index = _gathers.FindIndex(gather => gather.Number == deadline.Number);
        if (index < 0)
            return;
        context.Send(_gathers[index].ReplyTo, told);
        _gathers.RemoveAt(index);
    }
}

/// <summary>Timer: an operator has waited long enough.</summary>
internal sealed record QuestionDeadline(ulong Number) : Message;

/// <summary>Timer: who has not answered by now is left out.</summary>
internal sealed record GatherDeadline(ulong Number) : Message;
