# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# Completion of mmview for bash.

_mmview() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} option=
	# bash splits words at "=": --model = fl
	if [[ $cur == "=" ]]; then
		option=$prev cur=
	elif [[ $prev == "=" ]]; then
		option=${COMP_WORDS[COMP_CWORD - 2]}
	else
		option=$prev
	fi
	case $option in
	--model) mapfile -t COMPREPLY < <(compgen -W "flat discontig sparse vmemmap" -- "$cur") ; return ;;
	--section-size)
		if [[ $prev == "=" || ${COMP_WORDS[COMP_CWORD]} == "=" ]]; then
			mapfile -t COMPREPLY < <(compgen -W "64M 128M 256M 512M 1G" -- "$cur")
			return
		fi ;;
	--command | --bootargs | --image | --dtb-at | --mem | --bank) return ;;
	--include | -I) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ; return ;;
	--log | --svg) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ; return ;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "--record --json --map --svg --lint --step --monitor --command --section-size
			--model --log --bootargs --image --dtb-at --mem --bank --include --help --version" -- "$cur")
		return
	fi
	mapfile -t COMPREPLY < <(
		compgen -d -S / -- "$cur"
		compgen -f -X '!*.dt[bs]' -- "$cur"
	)
}
complete -o filenames -F _mmview mmview
